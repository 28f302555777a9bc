"""What is often told wrong about hedging with inverse futures, and what is true; the README shows the same table."""

CLAIMS = (
    ("The short gains when the price rises.", "It loses; it gains when the price falls."),
    ("With a flat price gains are offset by losses.", "A flat price gives neither; only funding, fees and basis flow."),
    ("Sell the underweight asset.", "It is the one to buy."),
    ("From 85 % to 70 %: sell 15 % of the BTC.", "Sell 15 points of the portfolio, 15/85 = 17.65 % of the BTC."),
    (
        "0.1 BTC is margin enough for a short of 10 BTC.",
        "It is liquidated after a rise of 0.51 %. Posted coins stay yours and count once.",
    ),
    ("The contract is denominated in the coin.", "It is sized in USD; its size in coins changes with the price."),
    (
        "Inverse, linear, perpetual, quarterly: one choice.",
        "Two choices: inverse or linear, and perpetual or dated. Dated ones have basis and no funding.",
    ),
    (
        "Positive funding is passive income.",
        "It turns negative at times; and coin received at low prices is worth less than coin paid at high ones.",
    ),
    (
        "A hedge is never a taxable event.",
        "The short's own PnL and funding may be taxed, and some regimes treat a hedge as a sale.",
    ),
    ("The position is neutralised.", "Before fees, funding, basis, auto-deleveraging and the failure of the venue."),
)
"""What is told, what is true."""
