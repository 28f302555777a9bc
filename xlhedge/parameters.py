"""The arguments that worksheet functions share: one record per name, so that a name means the same everywhere.

Conventions: qty is the signed USD face of a position (long > 0, short < 0); coins are all coins owned, posted
margin included, each counted once; prices are USD per coin; rates are fractions; received cash is positive.
"""

from .registry import Domain, Parameter


def number(meaning: str, unit: str = "", domain: str = "", *, allows_none: bool = False) -> Parameter:
    """One number, or any range of numbers."""
    return Parameter("number", meaning, unit, Domain.parse(domain), allows_none=allows_none)


def vector(meaning: str, unit: str = "", domain: str = "", *, increasing: bool = False) -> Parameter:
    """A list of numbers that belong together with the other lists of the call, or one number for all of them."""
    return Parameter("vector", meaning, unit, Domain.parse(domain), increasing=increasing)


def axis(meaning: str, unit: str = "", domain: str = "") -> Parameter:
    """A list of numbers that becomes the rows or the columns of a table."""
    return Parameter("axis", meaning, unit, Domain.parse(domain))


def word(meaning: str, *choices: str) -> Parameter:
    """One of a few words."""
    return Parameter("word", meaning, choices=choices)


def words(meaning: str, *choices: str) -> Parameter:
    """A list of words that belongs to the lists of the call, or one word for all of them."""
    return Parameter("words", meaning, choices=choices)


# A position and its prices
QTY = number("signed USD face of the position, short < 0", "USD")
OPEN_QTY = number("signed USD face of the position, short < 0", "USD", "!= 0")
ENTRY = number("average entry price", "USD/coin", "> 0")
PRICE = number("price", "USD/coin", "> 0")
MARK = number("mark price", "USD/coin", "> 0")
COINS = number("all coins owned, posted margin included once", "coin", ">= 0")
FACE = number("USD face of one contract", "USD", "> 0")
LEVERAGE = number("leverage", "x", "> 0")
CONTRACTS = number("contracts, sell < 0", "contracts")

# Fees, margin and liquidation
FEE = number("fee rate of the trade, rebate < 0", "fraction", "> -1, < 1")
FEE_OPEN = number("fee rate paid when opening, rebate < 0", "fraction", "> -1, < 1")
FEE_CLOSE = number("fee rate paid when closing, rebate < 0", "fraction", "> -1, < 1")
FUNDING = number("funding received so far, paid < 0", "coin")
MARGIN = number("posted margin", "coin", ">= 0")
MMR = number("maintenance margin rate", "fraction", ">= 0, < 1")
AMOUNT = number("maintenance amount deducted by the tier", "coin", ">= 0")
MOVE = number("adverse price move from the entry; a favourable one is negative", "fraction", "> -1")
FLOORS = vector("lower bounds of the tiers", "coin", ">= 0", increasing=True)
RATES = vector("maintenance rates of the tiers", "fraction", ">= 0, < 1")
LIQ_FEE = number("fee rate of the liquidation, charged at the liquidation price", "fraction", "> -1, < 1")
CLOSING_FEE = number("fee rate of closing, where the venue reserves it with the margin", "fraction", "> -1, < 1")
SLOPE = number("rise of the maintenance rate per coin of size", "1/coin", ">= 0")

# Funding, basis and time
RATE = number("funding rate per interval; a short receives it when > 0", "fraction", "> -1")
INTERVAL_HOURS = number("hours between funding payments", "hours", "> 0")
DAYS = number("horizon", "days", ">= 0")
FUTURE = number("price of the future", "USD/coin", "> 0")
SPOT = number("spot price", "USD/coin", "> 0")
TIMES = Parameter("times", "times of the observations, oldest first", "date or number")
FUNDING_QTYS = vector("signed USD face at each payment, or one for all; short < 0", "USD")
FUNDING_RATES = vector("funding rate of each interval", "fraction", "> -1")
MARKS = vector("mark price at each payment", "USD/coin", "> 0")

# Portfolios: one element per asset
ASSET_COINS = vector("coins owned of each asset", "coin", ">= 0")
ASSET_PRICES = vector("price of each asset", "USD/coin", "> 0")
ASSET_QTYS = vector("signed USD face hedging each asset, short < 0", "USD")
ASSET_ENTRIES = vector("entry price of each hedge", "USD/coin", "> 0")
TARGETS = vector("target weight of each asset", "fraction", ">= 0, <= 1")
BAND = number("drift that is left alone", "fraction", ">= 0")
FILL_QTYS = vector("signed USD face of each fill, oldest first; sell < 0", "USD")
FILL_PRICES = vector("price of each fill, oldest first", "USD/coin", "> 0")

ASSET_SLOPES = vector(
    "rise of each maintenance rate per coin of size, needed for method slope", "1/coin", ">= 0"
)._replace(needed_with=("methods", "slope"))

# Words
UNIT = word("unit of the result", "coin", "usd")
UNIT_OF_PNL = word("unit of the PnL that is wanted", "coin", "usd")
BASIS_OF_ROE = word("margin that the return is measured on", "entry", "mark")
LIQ_METHOD = word(
    "how the venue values maintenance: at the liquidation price (mark), with the fee multiplied in (product), "
    "frozen at entry (entry), or rising with size (slope)",
    "mark", "product", "entry", "slope",
)  # fmt: skip
METHOD_SLOPE = SLOPE._replace(
    meaning=SLOPE.meaning + ", for method slope and needed there", needed_with=("method", "slope")
)
TIER_METHOD = word("how the venue values maintenance", "mark", "product", "entry")
HEDGE_ROUNDING = word("less: never beyond the target; nearest; more: never short of it", "less", "nearest", "more")
LOT_ROUNDING = word("nearest; down: toward zero; up: away from zero", "nearest", "down", "up")
