Attribute VB_Name = "xlhedge_help"
Option Explicit
Option Private Module

' Written by xlhedge from its registry of functions: change that, not this.

' Gives the function wizard its texts; False if Excel refuses them.
Public Function DescribeFunctions() As Boolean
    On Error GoTo Refused
    Describe1
    Describe2
    Describe3
    Describe4
    Describe5
    Describe6
    Describe7
    Describe8
    DescribeFunctions = True
Refused:
End Function

Private Sub Describe(ByVal functionName As String, ByVal about As String, ByVal arguments As Variant)
    Dim macroName As String
    macroName = "'" & ThisWorkbook.Name & "'!" & functionName
    If UBound(arguments) < 0 Then
        Application.MacroOptions Macro:=macroName, Description:=about, Category:="xlhedge"
    Else
        Application.MacroOptions Macro:=macroName, Description:=about, Category:="xlhedge", ArgumentDescriptions:=arguments
    End If
End Sub

' PnL and prices
Private Sub Describe1()
    Describe "INVERSE_PNL", "PnL of an inverse position, after fees and funding; in USD it is valued at `price`.", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "average entry price [USD/coin]; > 0", _
        "price [USD/coin]; > 0", _
        "unit of the result; coin | usd; default ""coin""", _
        "fee rate paid when opening, rebate < 0 [fraction]; > -1 and < 1; default 0", _
        "fee rate paid when closing, rebate < 0 [fraction]; > -1 and < 1; default 0", _
        "funding received so far, paid < 0 [coin]; default 0")
    Describe "LINEAR_PNL", "PnL in USD of a linear (stablecoin-margined) position, for comparison.", Array( _
        "signed coin size of the linear position, short < 0 [coin]", _
        "average entry price [USD/coin]; > 0", _
        "price [USD/coin]; > 0", _
        "fee rate paid when opening, rebate < 0 [fraction]; > -1 and < 1; default 0", _
        "fee rate paid when closing, rebate < 0 [fraction]; > -1 and < 1; default 0", _
        "funding received so far, paid < 0 [USD]; default 0")
    Describe "AVG_ENTRY", "Average entry price of the position that is open after all fills: harmonic, because size is in USD.", Array( _
        "signed USD face of each fill, oldest first; sell < 0 [USD]", _
        "price of each fill, oldest first [USD/coin]; > 0")
    Describe "REALIZED_PNL", "Coin PnL realised by the fills that reduced, closed or reversed the position, less fees.", Array( _
        "signed USD face of each fill, oldest first; sell < 0 [USD]", _
        "price of each fill, oldest first [USD/coin]; > 0", _
        "fee paid on each fill [coin]; default 0")
    Describe "ROE", "Return on the initial margin, measured at entry or at the mark.", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "average entry price [USD/coin]; > 0", _
        "price [USD/coin]; > 0", _
        "leverage [x]; > 0", _
        "margin that the return is measured on; entry | mark; default ""entry""")
    Describe "TARGET_PRICE", "Price at which the position has a chosen PnL, before fees.", Array( _
        "signed USD face of the position, short < 0 [USD]; != 0", _
        "average entry price [USD/coin]; > 0", _
        "PnL wanted, loss < 0 [coin or USD]", _
        "unit of the PnL that is wanted; coin | usd; default ""coin""")
    Describe "TARGET_PRICE_ROE", "Price at which the position has a chosen return on its initial margin, before fees.", Array( _
        "signed USD face of the position, short < 0 [USD]; != 0", _
        "average entry price [USD/coin]; > 0", _
        "leverage [x]; > 0", _
        "return wanted, loss < 0 [fraction]", _
        "margin that the return is measured on; entry | mark; default ""entry""")
    Describe "BREAK_EVEN", "Price at which the position closes with no gain and no loss, fees and funding included.", Array( _
        "signed USD face of the position, short < 0 [USD]; != 0", _
        "average entry price [USD/coin]; > 0", _
        "fee rate paid when opening, rebate < 0 [fraction]; > -1 and < 1", _
        "fee rate paid when closing, rebate < 0 [fraction]; > -1 and < 1", _
        "funding received so far, paid < 0 [coin]; default 0")
    Describe "NOTIONAL_COIN", "Coin size of a position at a price: a fixed USD face is fewer coins at a higher price.", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "price [USD/coin]; > 0")
    Describe "TRADE_FEE", "Fee paid on a trade; a rebate is negative.", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "price [USD/coin]; > 0", _
        "fee rate of the trade, rebate < 0 [fraction]; > -1 and < 1", _
        "unit of the result; coin | usd; default ""coin""")
End Sub

' Sizing and exposure
Private Sub Describe2()
    Describe "HEDGE_SIZE", "Contracts to trade so that a share of the coins is hedged; sell < 0.", Array( _
        "all coins owned, posted margin included once [coin]; >= 0", _
        "price [USD/coin]; > 0", _
        "share of the coins to hedge; 1 = all, negative adds exposure [fraction]; default 1", _
        "USD face of one contract [USD]; > 0; default 1", _
        "signed USD face already open, short < 0 [USD]; default 0", _
        "less: never beyond the target; nearest; more: never short of it; less | nearest | more; default ""less""")
    Describe "COINS_TO_CONTRACTS", "Contracts whose USD face equals the value of some coins.", Array( _
        "coins, signed [coin]", _
        "price [USD/coin]; > 0", _
        "USD face of one contract [USD]; > 0", _
        "nearest; down: toward zero; up: away from zero; nearest | down | up; default ""nearest""")
    Describe "CONTRACTS_TO_COINS", "Coins that some contracts stand for at a price.", Array( _
        "contracts, sell < 0 [contracts]", _
        "price [USD/coin]; > 0", _
        "USD face of one contract [USD]; > 0")
    Describe "NET_EXPOSURE", "Exposure that is left after the hedge.", Array( _
        "all coins owned, posted margin included once [coin]; >= 0", _
        "signed USD face of the position, short < 0 [USD]", _
        "price [USD/coin]; > 0", _
        "unit of the result; coin | usd; default ""coin""")
    Describe "HEDGE_RATIO", "Share of the coins that a position hedges; 1 is a synthetic dollar.", Array( _
        "all coins owned, posted margin included once [coin]; > 0", _
        "signed USD face of the position, short < 0 [USD]", _
        "price [USD/coin]; > 0")
    Describe "OVER_HEDGED", "Whether the position shorts more than the coins, by more than one contract.", Array( _
        "all coins owned, posted margin included once [coin]; >= 0", _
        "signed USD face of the position, short < 0 [USD]", _
        "price [USD/coin]; > 0", _
        "USD face of one contract, the tolerance [USD]; >= 0; default 0")
    Describe "HEDGED_WEIGHT", "The coin's share of a hedged holding after a move; the rest behaves like cash.", Array( _
        "share of the coins hedged at entry [fraction]; >= 0 and <= 1", _
        "average entry price [USD/coin]; > 0", _
        "price [USD/coin]; > 0")
    Describe "COIN_DELTA", "Exposure that a position adds to the coins owned, unrealised PnL counted among them.", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "price [USD/coin]; > 0", _
        "unit of the result; coin | usd; default ""coin""")
    Describe "COIN_GAMMA", "Curvature of a position's coin PnL in the price; its USD PnL has none.", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "price [USD/coin]; > 0")
    Describe "MIN_VAR_HEDGE", "Hedge ratio with the least variance of spot plus hedge.", Array( _
        "returns, in the same order as the other list [fraction]", _
        "returns, in the same order as the other list [fraction]")
    Describe "HEDGE_EFFECTIVENESS", "Share of the variance that the hedge removed; 1 is all of it.", Array( _
        "returns of the holding alone [fraction]", _
        "returns of the holding with its hedge, in the same order [fraction]")
    Describe "REHEDGE", "Contracts to trade when the hedge ratio has left its band, else 0; sell < 0.", Array( _
        "all coins owned, posted margin included once [coin]; >= 0", _
        "signed USD face of the position, short < 0 [USD]", _
        "price [USD/coin]; > 0", _
        "hedge ratio to go back to [fraction]; >= 0", _
        "ratio below which to re-hedge [fraction]", _
        "ratio above which to re-hedge [fraction]", _
        "USD face of one contract [USD]; > 0; default 1", _
        "go back to the target or to the nearer edge of the band; target | edge; default ""target""", _
        "less: never beyond the target; nearest; more: never short of it; less | nearest | more; default ""less""")
    Describe "BETA_HEDGE", "Contracts of a proxy, such as BTC for an altcoin, whose moves offset those of what is held; sell < 0.", Array( _
        "value of what is held, such as another coin [USD]", _
        "move of what is held for a move of 1 of the proxy [fraction]", _
        "price of the proxy [USD/coin]; > 0", _
        "USD face of one contract [USD]; > 0; default 1", _
        "signed USD face already open, short < 0 [USD]; default 0", _
        "less: never beyond the target; nearest; more: never short of it; less | nearest | more; default ""less""")
End Sub

' Margin and liquidation
Private Sub Describe3()
    Describe "INITIAL_MARGIN", "Coins to post when opening; some venues add the closing fee.", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "price [USD/coin]; > 0", _
        "leverage [x]; > 0", _
        "fee rate of closing, where the venue reserves it with the margin [fraction]; > -1 and < 1; default 0")
    Describe "MAINT_MARGIN", "Coins below which the venue liquidates, never below 0.", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "price [USD/coin]; > 0", _
        "maintenance margin rate [fraction]; >= 0 and < 1", _
        "maintenance amount deducted by the tier [coin]; >= 0; default 0", _
        "rise of the maintenance rate per coin of size [1/coin]; >= 0; default 0")
    Describe "MAINT_AMOUNTS", "Maintenance amounts that make margin continuous from tier to tier.", Array( _
        "lower bounds of the tiers [coin]; >= 0", _
        "maintenance rates of the tiers [fraction]; >= 0 and < 1")
    Describe "MAINT_TIER", "Maintenance rate, or maintenance amount, of the tier that a position falls into.", Array( _
        "size of the position, in the unit of the floors [coin]; >= 0", _
        "lower bounds of the tiers [coin]; >= 0", _
        "maintenance rates of the tiers [fraction]; >= 0 and < 1", _
        "what to look up: the rate or the maintenance amount; rate | amount; default ""rate""")
    Describe "MARGIN_RATIO", "Maintenance margin as a share of the equity; 1 is liquidation, and the ratio stays there beyond it.", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "average entry price [USD/coin]; > 0", _
        "price [USD/coin]; > 0", _
        "posted margin [coin]; >= 0", _
        "maintenance margin rate [fraction]; >= 0 and < 1", _
        "maintenance amount deducted by the tier [coin]; >= 0; default 0", _
        "fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0", _
        "how the venue values maintenance: at the liquidation price (mark), with the fee multiplied in (product), frozen at entry (entry), or rising with size (slope); mark | product | entry | slope; default ""mark""", _
        "rise of the maintenance rate per coin of size, for method slope and needed there [1/coin]; >= 0; default 0")
    Describe "MARGIN_FOR_MOVE", "Coins to post so that an adverse move from the entry does not liquidate the position.", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "average entry price [USD/coin]; > 0", _
        "adverse price move from the entry; a favourable one is negative [fraction]; > -1", _
        "maintenance margin rate [fraction]; >= 0 and < 1", _
        "maintenance amount deducted by the tier [coin]; >= 0; default 0", _
        "fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0", _
        "how the venue values maintenance: at the liquidation price (mark), with the fee multiplied in (product), frozen at entry (entry), or rising with size (slope); mark | product | entry | slope; default ""mark""", _
        "rise of the maintenance rate per coin of size, for method slope and needed there [1/coin]; >= 0; default 0")
    Describe "SAFE_MARGIN", "Coins to post so that neither a horizon of adverse funding nor an adverse move after it liquidates a position.", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "price [USD/coin]; > 0", _
        "adverse price move from today's price; a favourable one is negative [fraction]; > -1", _
        "maintenance margin rate [fraction]; >= 0 and < 1", _
        "adverse funding rate per interval; a cost, on whichever side the position is [fraction]; >= 0 and < 1", _
        "hours between funding payments [hours]; > 0", _
        "horizon [days]; >= 0", _
        "fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0", _
        "maintenance amount deducted by the tier [coin]; >= 0; default 0", _
        "how the venue values maintenance: at the liquidation price (mark), with the fee multiplied in (product), frozen at entry (entry), or rising with size (slope); mark | product | entry | slope; default ""mark""", _
        "rise of the maintenance rate per coin of size, for method slope and needed there [1/coin]; >= 0; default 0")
    Describe "SAFE_HEDGE", "Largest short, in whole contracts, that a margin carries through adverse funding and a rally.", Array( _
        "posted margin [coin]; >= 0", _
        "price [USD/coin]; > 0", _
        "adverse price move from today's price; a favourable one is negative [fraction]; > -1", _
        "maintenance margin rate [fraction]; >= 0 and < 1", _
        "adverse funding rate per interval; a cost, on whichever side the position is [fraction]; >= 0 and < 1", _
        "hours between funding payments [hours]; > 0", _
        "horizon [days]; >= 0", _
        "USD face of one contract [USD]; > 0; default 1", _
        "fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0", _
        "maintenance amount deducted by the tier [coin]; >= 0; default 0", _
        "how the venue values maintenance: at the liquidation price (mark), with the fee multiplied in (product), frozen at entry (entry), or rising with size (slope); mark | product | entry | slope; default ""mark""", _
        "rise of the maintenance rate per coin of size, for method slope and needed there [1/coin]; >= 0; default 0")
    Describe "MAX_LEVERAGE", "Largest leverage at which an adverse move does not liquidate the position; only the sign of qty counts.", Array( _
        "signed USD face of the position, short < 0 [USD]; != 0", _
        "adverse price move from the entry; a favourable one is negative [fraction]; > -1", _
        "maintenance margin rate [fraction]; >= 0 and < 1")
    Describe "MAX_QTY", "Largest whole number of contracts that a balance can carry.", Array( _
        "coins in the account [coin]; >= 0", _
        "price [USD/coin]; > 0", _
        "leverage [x]; > 0", _
        "fee rate of closing, where the venue reserves it with the margin [fraction]; > -1 and < 1; default 0", _
        "USD face of one contract [USD]; > 0; default 1")
    Describe "LIQ_PRICE", "Price at which the position is liquidated, or ""none"" when the margin covers it at any price.", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "average entry price [USD/coin]; > 0", _
        "posted margin [coin]; >= 0", _
        "maintenance margin rate [fraction]; >= 0 and < 1", _
        "maintenance amount deducted by the tier [coin]; >= 0; default 0", _
        "fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0", _
        "how the venue values maintenance: at the liquidation price (mark), with the fee multiplied in (product), frozen at entry (entry), or rising with size (slope); mark | product | entry | slope; default ""mark""", _
        "rise of the maintenance rate per coin of size, for method slope and needed there [1/coin]; >= 0; default 0", _
        "adverse: where the position loses; other: the second price, where a slope or several contracts give one; adverse | other; default ""adverse""")
    Describe "MARGIN_CALL_PRICE", "Price at which the margin ratio reaches a level on the way to liquidation, or ""none"" if it never does.", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "average entry price [USD/coin]; > 0", _
        "posted margin [coin]; >= 0", _
        "maintenance margin rate [fraction]; >= 0 and < 1", _
        "margin ratio at which to act; 1 is liquidation [fraction]; > 0 and <= 1", _
        "maintenance amount deducted by the tier [coin]; >= 0; default 0", _
        "fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0", _
        "how the venue values maintenance: at the liquidation price (mark), with the fee multiplied in (product), frozen at entry (entry), or rising with size (slope); mark | product | entry | slope; default ""mark""", _
        "rise of the maintenance rate per coin of size, for method slope and needed there [1/coin]; >= 0; default 0")
    Describe "LIQ_PRICE_TIERED", "Liquidation price under marginal tiers, whose rates rise with size, or ""none"".", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "average entry price [USD/coin]; > 0", _
        "posted margin [coin]; >= 0", _
        "lower bounds of the tiers [coin]; >= 0", _
        "maintenance rates of the tiers [fraction]; >= 0 and < 1", _
        "fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0", _
        "how the venue values maintenance; mark | product | entry; default ""mark""")
    Describe "LIQ_PRICE_CROSS", "Reference price at which an account with several contracts on one coin is liquidated, or ""none"".", Array( _
        "signed USD face of each position, short < 0 [USD]", _
        "average entry of each position [USD/coin]; > 0", _
        "maintenance rate of each position [fraction]; >= 0 and < 1", _
        "coins in the account, unrealised PnL excluded [coin]; >= 0", _
        "price of each contract relative to the reference, minus 1 [fraction]; > -1; default 0", _
        "maintenance amount of each position [coin]; >= 0; default 0", _
        "fee rate of each liquidation [fraction]; > -1 and < 1; default 0", _
        "how the venue values each maintenance; mark | product | entry | slope; default ""mark""", _
        "rise of each maintenance rate per coin of size, needed for method slope [1/coin]; >= 0; default 0", _
        "adverse: where the net position loses; other: the opposite; above or below the prices at which the account is sound; adverse | other | above | below; default ""adverse""")
    Describe "BANKRUPTCY_PRICE", "Price at which the posted margin is used up, or ""none"".", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "average entry price [USD/coin]; > 0", _
        "posted margin [coin]; >= 0", _
        "fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0")
    Describe "LIQ_DISTANCE", "Move from the price to the liquidation price; ""none"" stays ""none"".", Array( _
        "liquidation price, or ""none"" [USD/coin]; > 0", _
        "price [USD/coin]; > 0")
    Describe "LIQ_PROBABILITY", "Probability that the price touches the liquidation price within some days, by a geometric Brownian motion.", Array( _
        "price [USD/coin]; > 0", _
        "liquidation price, or ""none"" [USD/coin]; > 0", _
        "annual volatility [fraction a year]; > 0", _
        "horizon [days]; >= 0", _
        "expected growth of the price [fraction a year]; default 0")
    Describe "LIQ_PRICE_AFTER_FUNDING", "Liquidation price once funding has changed the margin for some days, or ""none"".", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "average entry price [USD/coin]; > 0", _
        "posted margin [coin]; >= 0", _
        "maintenance margin rate [fraction]; >= 0 and < 1", _
        "funding rate per interval; a short receives it when > 0 [fraction]; > -1", _
        "hours between funding payments [hours]; > 0", _
        "horizon [days]; >= 0", _
        "price at which the funding is paid; the entry unless given [USD/coin]; > 0; default none", _
        "how the venue values maintenance: at the liquidation price (mark), with the fee multiplied in (product), frozen at entry (entry), or rising with size (slope); mark | product | entry | slope; default ""mark""", _
        "maintenance amount deducted by the tier [coin]; >= 0; default 0", _
        "fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0", _
        "rise of the maintenance rate per coin of size, for method slope and needed there [1/coin]; >= 0; default 0")
    Describe "TIER_LEVERAGE", "Largest leverage that a venue allows for a position of some size.", Array( _
        "size of the position, in the unit of the floors [coin]; >= 0", _
        "lower bounds of the tiers [coin]; >= 0", _
        "largest leverage of each tier [x]; > 0")
    Describe "LIQ_PRICE_VENUE", "Liquidation price by the venue's own rule and tiers, or ""none""; #N/A where they are not known.", Array( _
        "venue, such as binance or deribit", _
        "contract or coin on that venue, such as BTCUSD or BTC", _
        "signed USD face of the position, short < 0 [USD]", _
        "average entry price [USD/coin]; > 0", _
        "posted margin [coin]; >= 0")
End Sub

' Funding, basis and carry
Private Sub Describe4()
    Describe "FUNDING_PAYMENT", "Funding received for one interval; paid is negative.", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "mark price [USD/coin]; > 0", _
        "funding rate per interval; a short receives it when > 0 [fraction]; > -1", _
        "unit of the result; coin | usd; default ""coin""")
    Describe "FUNDING_TOTAL", "Funding received over a history; in USD each payment is valued at its own mark.", Array( _
        "signed USD face at each payment, or one for all; short < 0 [USD]", _
        "funding rate of each interval [fraction]; > -1", _
        "mark price at each payment [USD/coin]; > 0", _
        "unit of the result; coin | usd; default ""coin""")
    Describe "FUNDING_LEDGER", "Every funding payment of a history with running totals.", Array( _
        "signed USD face at each payment, or one for all; short < 0 [USD]", _
        "times of the observations, oldest first [date or number]", _
        "funding rate of each interval [fraction]; > -1", _
        "mark price at each payment [USD/coin]; > 0")
    Describe "FUNDING_COST", "Funding received over a horizon at one rate; negative is a cost.", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "funding rate per interval; a short receives it when > 0 [fraction]; > -1", _
        "hours between funding payments [hours]; > 0", _
        "horizon [days]; >= 0")
    Describe "FUNDING_APR", "Funding rate of one interval as an annual rate.", Array( _
        "funding rate per interval; a short receives it when > 0 [fraction]; > -1", _
        "hours between funding payments [hours]; > 0", _
        "reinvest every payment; default FALSE")
    Describe "BASIS", "Basis of a future: what it trades above spot.", Array( _
        "price of the future [USD/coin]; > 0", _
        "spot price [USD/coin]; > 0", _
        "unit of the result; fraction | usd; default ""fraction""")
    Describe "BASIS_APR", "Basis of a dated future as an annual rate.", Array( _
        "price of the future [USD/coin]; > 0", _
        "spot price [USD/coin]; > 0", _
        "days to expiry [days]; > 0", _
        "how to annualise; simple | compound | log; default ""simple""")
    Describe "CARRY_QTY", "Position in a dated inverse future that fixes the USD value of some coins at expiry.", Array( _
        "coins whose USD value at expiry is to be fixed [coin]; >= 0", _
        "price of the future [USD/coin]; > 0")
    Describe "DELIVERY_PNL", "PnL of a dated inverse future that is held to its delivery, after fees.", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "average entry price [USD/coin]; > 0", _
        "price at which the contract is settled, an average of the index [USD/coin]; > 0", _
        "fee rate of the delivery [fraction]; > -1 and < 1; default 0", _
        "fee rate paid when opening, rebate < 0 [fraction]; > -1 and < 1; default 0")
    Describe "ROLL_APR", "What a short earns a year by rolling from one dated future into a later one.", Array( _
        "price of the future that expires first [USD/coin]; > 0", _
        "price of the future that expires later [USD/coin]; > 0", _
        "days to the first expiry [days]; >= 0", _
        "days to the later expiry [days]; > 0", _
        "fees of closing the one and opening the other, as a share of the size [fraction]; default 0")
    Describe "IMPLIED_FUNDING", "Funding rate of an interval at which a perpetual and a dated future pay a short the same.", Array( _
        "price of the future [USD/coin]; > 0", _
        "spot price [USD/coin]; > 0", _
        "days to expiry [days]; > 0", _
        "hours between funding payments [hours]; > 0")
    Describe "BREAK_EVEN_FUNDING", "Funding rate of an interval at which a short has repaid its fees at the horizon.", Array( _
        "fee rate paid when opening, rebate < 0 [fraction]; > -1 and < 1", _
        "fee rate paid when closing, rebate < 0 [fraction]; > -1 and < 1", _
        "horizon [days]; > 0", _
        "hours between funding payments [hours]; > 0", _
        "gain of the hedge from a change of basis, as a share of its size [fraction]; default 0")
    Describe "DOLLAR_APR", "Yield a year of a synthetic dollar: coins and a short that fixes their value, paid by funding.", Array( _
        "share of the coins that is hedged; 1 = a synthetic dollar [fraction]; >= 0", _
        "funding rate per interval; a short receives it when > 0 [fraction]; > -1", _
        "hours between funding payments [hours]; > 0", _
        "days that the hedge is held [days]; > 0", _
        "fees of opening and closing, as a share of the size [fraction]; default 0")
    Describe "CARRY_VALUE", "Gain that a short in a dated inverse future locks in, and its annual rate before fees.", Array( _
        "coins whose USD value at expiry is fixed [coin]; > 0", _
        "price of the future [USD/coin]; > 0", _
        "spot price [USD/coin]; > 0", _
        "days to expiry [days]; > 0", _
        "fees of opening and settling [USD]; default 0")
    Describe "HEDGE_COST", "Cost of holding a hedge over a horizon: fees, funding and basis; negative is a cost.", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "horizon [days]; >= 0", _
        "funding rate per interval; a short receives it when > 0 [fraction]; > -1", _
        "hours between funding payments [hours]; > 0", _
        "fee rate paid when opening, rebate < 0 [fraction]; > -1 and < 1", _
        "fee rate paid when closing, rebate < 0 [fraction]; > -1 and < 1", _
        "gain of the hedge from a change of basis, as a share of its size [fraction]; default 0")
    Describe "BREAK_EVEN_DAYS", "Days until funding has repaid the fees, or ""none"" if it never does.", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "funding rate per interval; a short receives it when > 0 [fraction]; > -1", _
        "hours between funding payments [hours]; > 0", _
        "fee rate paid when opening, rebate < 0 [fraction]; > -1 and < 1", _
        "fee rate paid when closing, rebate < 0 [fraction]; > -1 and < 1")
End Sub

' Portfolio and rebalancing
Private Sub Describe5()
    Describe "WEIGHTS", "Weight of each asset in the portfolio: physical, or with qtys what is left exposed after the hedges.", Array( _
        "coins owned of each asset [coin]; >= 0", _
        "price of each asset [USD/coin]; > 0", _
        "signed USD face hedging each asset, short < 0 [USD]; default 0")
    Describe "DRIFT", "Drift of each asset from its target weight; overweight > 0.", Array( _
        "coins owned of each asset [coin]; >= 0", _
        "price of each asset [USD/coin]; > 0", _
        "target weight of each asset [fraction]; >= 0 and <= 1", _
        "signed USD face hedging each asset, short < 0 [USD]; default 0")
    Describe "REBALANCE_TRADES", "Coins of each asset to buy (> 0) or sell (< 0) to go back to target; the overweight one is sold.", Array( _
        "coins owned of each asset [coin]; >= 0", _
        "price of each asset [USD/coin]; > 0", _
        "target weight of each asset [fraction]; >= 0 and <= 1", _
        "drift that is left alone [fraction]; >= 0; default 0", _
        "trades of a smaller value are left out [USD]; >= 0; default 0", _
        "sell nothing: reach the target by purchases with new money; default FALSE")
    Describe "REBALANCE_HEDGES", "Contracts on each asset that bring its hedged weight back to target without selling coins; sell < 0.", Array( _
        "coins owned of each asset [coin]; >= 0", _
        "price of each asset [USD/coin]; > 0", _
        "target weight of each asset [fraction]; >= 0 and <= 1", _
        "USD face of one contract on each asset; 0 = no contract [USD]; >= 0", _
        "signed USD face hedging each asset, short < 0 [USD]; default 0", _
        "drift that is left alone [fraction]; >= 0; default 0", _
        "less: never beyond the target; nearest; more: never short of it; less | nearest | more; default ""less""")
    Describe "TAX_DEFERRAL", "Advantage today of hedging now and selling at the horizon over selling now; a comparison, not advice.", Array( _
        "coins to reduce by, or to hedge [coin]; >= 0", _
        "price [USD/coin]; > 0", _
        "what a coin cost [USD/coin]; >= 0", _
        "tax rate on the gain, a loss earns a credit, of coins sold [fraction]; >= 0 and <= 1", _
        "tax rate on the gain, a loss earns a credit, of the hedge [fraction]; >= 0 and <= 1", _
        "horizon [days]; >= 0", _
        "price at which the coins are sold at the horizon [USD/coin]; > 0", _
        "annual rate that money earns meanwhile [fraction a year]; > -1", _
        "funding received until then, paid < 0 [USD]; default 0", _
        "fees of the hedge [USD]; default 0")
End Sub

' Risk
Private Sub Describe6()
    Describe "COLLATERAL_VALUE", "Value that a venue counts of coins posted as collateral.", Array( _
        "coins owned of each asset [coin]; >= 0", _
        "price of each asset [USD/coin]; > 0", _
        "share of each coin's value that the venue does not count [fraction]; >= 0 and <= 1")
    Describe "PORTFOLIO_VAR", "Value at risk of several coins by variance and covariance: normal returns without drift.", Array( _
        "exposure to each coin, hedges counted, short < 0 [USD]", _
        "volatility of each coin [fraction a year]; >= 0", _
        "correlations from -1 to 1: one row and one column for each coin [fraction]", _
        "horizon [days]; >= 0", _
        "confidence level [fraction]; >= 0.5 and < 1; default 0.95", _
        "var: the loss that is exceeded with probability 1 - level; es: the mean loss at or beyond it; var | es; default ""var""")
    Describe "HISTORICAL_VAR", "Value at risk of several coins by what a history of returns would have done to today's exposures.", Array( _
        "exposure to each coin, hedges counted, short < 0 [USD]", _
        "simple returns: one row for each period, one column for each coin [fraction]; >= -1", _
        "confidence level [fraction]; >= 0.5 and < 1; default 0.95", _
        "var: the loss that is exceeded with probability 1 - level; es: the mean loss at or beyond it; var | es; default ""var""")
End Sub

' Scenarios
Private Sub Describe7()
    Describe "SCENARIO_LADDER", "A hedged holding along a ladder of prices: PnL, value, exposure, margin.", Array( _
        "all coins owned when the hedge was opened, posted margin included once; its PnL and funding come on top [coin]; >= 0", _
        "signed USD face of the position, short < 0 [USD]", _
        "average entry price [USD/coin]; > 0", _
        "prices, one row each [USD/coin]; > 0", _
        "posted margin, part of the coins; 0 = margin is not modelled [coin]; >= 0; default 0", _
        "maintenance margin rate [fraction]; >= 0 and < 1; default 0", _
        "funding received so far, paid < 0 [coin]; default 0", _
        "maintenance amount deducted by the tier [coin]; >= 0; default 0", _
        "fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0", _
        "how the venue values maintenance: at the liquidation price (mark), with the fee multiplied in (product), frozen at entry (entry), or rising with size (slope); mark | product | entry | slope; default ""mark""", _
        "rise of the maintenance rate per coin of size, for method slope and needed there [1/coin]; >= 0; default 0", _
        "highest price on the way (a long: the lowest), one for each row or one for all [USD/coin]; > 0; default none", _
        "add a column: the value at this price had the hedge been liquidated on the way; default FALSE")
    Describe "SCENARIO_GRID", "One output of a hedged holding over prices and hedge ratios, as end points or after a peak on the way.", Array( _
        "all coins owned when the hedge was opened, posted margin included once; its PnL and funding come on top [coin]; >= 0", _
        "average entry price [USD/coin]; > 0", _
        "prices, one row each [USD/coin]; > 0", _
        "hedge ratios, one column each [fraction]; >= 0", _
        "what the grid shows; net_value | pnl_coin | pnl_usd | exposure_coin | coin_weight | margin_ratio; default ""net_value""", _
        "posted margin, part of the coins; 0 = margin is not modelled [coin]; >= 0; default 0", _
        "maintenance margin rate [fraction]; >= 0 and < 1; default 0", _
        "maintenance amount deducted by the tier [coin]; >= 0; default 0", _
        "fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0", _
        "how the venue values maintenance: at the liquidation price (mark), with the fee multiplied in (product), frozen at entry (entry), or rising with size (slope); mark | product | entry | slope; default ""mark""", _
        "rise of the maintenance rate per coin of size, for method slope and needed there [1/coin]; >= 0; default 0", _
        "highest price on the way (a long: the lowest), one for each row or one for all [USD/coin]; > 0; default none")
    Describe "CARRY_GRID", "Funding received over funding rates and days; negative is a cost.", Array( _
        "signed USD face of the position, short < 0 [USD]", _
        "price [USD/coin]; > 0", _
        "funding rates per interval, one row each [fraction]; > -1", _
        "horizons, one column each [days]; >= 0", _
        "hours between funding payments [hours]; > 0; default 8", _
        "unit of the result; usd | coin; default ""usd""")
    Describe "STRESS", "A hedged portfolio under shocks: value, change of value, and how many hedges are liquidated.", Array( _
        "coins owned of each asset when the hedge was opened, posted margin included once; its PnL and funding come on top [coin]; >= 0", _
        "signed USD face hedging each asset, short < 0 [USD]", _
        "entry price of each hedge; may be blank beside a size of 0 [USD/coin]; > 0", _
        "price of each asset [USD/coin]; > 0", _
        "price moves: one row for each shock, one column for each asset [fraction]; > -1", _
        "posted margin of each hedge; 0 = not modelled [coin]; >= 0; default 0", _
        "maintenance rate of each hedge [fraction]; >= 0 and < 1; default 0", _
        "maintenance amount of each hedge [coin]; >= 0; default 0", _
        "fee rate of each liquidation [fraction]; > -1 and < 1; default 0", _
        "how the venue values each maintenance; mark | product | entry | slope; default ""mark""", _
        "rise of each maintenance rate per coin of size, needed for method slope [1/coin]; >= 0; default 0", _
        "highest moves on the way (a long: the lowest), rows and columns as the shocks [fraction]; > -1; default none")
    Describe "HEDGE_REPLAY", "A holding and its hedge along a history: funding, fees, re-hedges and, where the margin fails, liquidation.", Array( _
        "times of the observations, oldest first [date or number]", _
        "price at each time [USD/coin]; > 0", _
        "funding rate paid at each time [fraction]; > -1", _
        "all coins owned, posted margin included once [coin]; > 0", _
        "share of the coins to hedge [fraction]; >= 0", _
        "hedge ratio below which the hedge is set back to its target; never unless given [fraction]; default none", _
        "hedge ratio above which the hedge is set back to its target; never unless given [fraction]; default none", _
        "fee rate of the trade, rebate < 0 [fraction]; > -1 and < 1; default 0", _
        "posted margin, part of the coins; 0 = margin is not modelled [coin]; >= 0; default 0", _
        "maintenance margin rate [fraction]; >= 0 and < 1; default 0", _
        "maintenance amount deducted by the tier [coin]; >= 0; default 0", _
        "fee rate of the liquidation, charged at the liquidation price [fraction]; > -1 and < 1; default 0", _
        "how the venue values maintenance: at the liquidation price (mark), with the fee multiplied in (product), frozen at entry (entry), or rising with size (slope); mark | product | entry | slope; default ""mark""", _
        "rise of the maintenance rate per coin of size, for method slope and needed there [1/coin]; >= 0; default 0", _
        "highest price since the time before; the price itself unless given [USD/coin]; > 0; default none")
End Sub

' Contracts
Private Sub Describe8()
    Describe "CONTRACT_SPEC", "A venue's published contract detail; #N/A when it is not established.", Array( _
        "venue, such as binance or deribit", _
        "contract or coin on that venue, such as BTCUSD or BTC", _
        "field, such as face, tick, taker or mmr")
    Describe "ROUND_LOT", "Contracts rounded to whole lots; halves go away from zero.", Array( _
        "contracts, sell < 0 [contracts]", _
        "smallest step [contracts]; > 0", _
        "nearest; down: toward zero; up: away from zero; nearest | down | up; default ""nearest""")
    Describe "ROUND_TICK", "Price rounded to the venue's tick; halves go up.", Array( _
        "price [USD/coin]; > 0", _
        "smallest price step [USD/coin]; > 0", _
        "nearest; down: toward zero; up: away from zero; nearest | down | up; default ""nearest""")
    Describe "XLHEDGE_VERSION", "Version of xlhedge that answers.", Array()
    Describe "MARKET", "A figure of the user's last snapshot of the market; #N/A where there is none.", Array( _
        "venue, such as binance or deribit", _
        "contract or coin on that venue, such as BTCUSD or BTC", _
        "field of the snapshot, such as mark, index, funding rate or time")
End Sub
