Attribute VB_Name = "xlhedge_functions"
Option Explicit

' Written by xlhedge from its registry of functions: change that, not this.

Public Function INVERSE_PNL(qty, entry, price, Optional unit, Optional fee_open, Optional fee_close, Optional funding)
    INVERSE_PNL = CallPython("INVERSE_PNL", Array(qty, entry, price, unit, fee_open, fee_close, funding))
End Function

Public Function LINEAR_PNL(coins, entry, price, Optional fee_open, Optional fee_close, Optional funding)
    LINEAR_PNL = CallPython("LINEAR_PNL", Array(coins, entry, price, fee_open, fee_close, funding))
End Function

Public Function AVG_ENTRY(qtys, prices)
    AVG_ENTRY = CallPython("AVG_ENTRY", Array(qtys, prices))
End Function

Public Function REALIZED_PNL(qtys, prices, Optional fees)
    REALIZED_PNL = CallPython("REALIZED_PNL", Array(qtys, prices, fees))
End Function

Public Function ROE(qty, entry, price, leverage, Optional basis_)
    ROE = CallPython("ROE", Array(qty, entry, price, leverage, basis_))
End Function

Public Function TARGET_PRICE(qty, entry, pnl, Optional unit)
    TARGET_PRICE = CallPython("TARGET_PRICE", Array(qty, entry, pnl, unit))
End Function

Public Function TARGET_PRICE_ROE(qty, entry, leverage, roe_, Optional basis_)
    TARGET_PRICE_ROE = CallPython("TARGET_PRICE_ROE", Array(qty, entry, leverage, roe_, basis_))
End Function

Public Function BREAK_EVEN(qty, entry, fee_open, fee_close, Optional funding)
    BREAK_EVEN = CallPython("BREAK_EVEN", Array(qty, entry, fee_open, fee_close, funding))
End Function

Public Function NOTIONAL_COIN(qty, price)
    NOTIONAL_COIN = CallPython("NOTIONAL_COIN", Array(qty, price))
End Function

Public Function TRADE_FEE(qty, price, rate, Optional unit)
    TRADE_FEE = CallPython("TRADE_FEE", Array(qty, price, rate, unit))
End Function

Public Function HEDGE_SIZE(coins, price, Optional ratio, Optional face, Optional existing_qty, Optional rounding)
    HEDGE_SIZE = CallPython("HEDGE_SIZE", Array(coins, price, ratio, face, existing_qty, rounding))
End Function

Public Function COINS_TO_CONTRACTS(coins, price, face, Optional rounding)
    COINS_TO_CONTRACTS = CallPython("COINS_TO_CONTRACTS", Array(coins, price, face, rounding))
End Function

Public Function CONTRACTS_TO_COINS(contracts, price, face)
    CONTRACTS_TO_COINS = CallPython("CONTRACTS_TO_COINS", Array(contracts, price, face))
End Function

Public Function NET_EXPOSURE(coins, qty, price, Optional unit)
    NET_EXPOSURE = CallPython("NET_EXPOSURE", Array(coins, qty, price, unit))
End Function

Public Function HEDGE_RATIO(coins, qty, price)
    HEDGE_RATIO = CallPython("HEDGE_RATIO", Array(coins, qty, price))
End Function

Public Function OVER_HEDGED(coins, qty, price, Optional face)
    OVER_HEDGED = CallPython("OVER_HEDGED", Array(coins, qty, price, face))
End Function

Public Function HEDGED_WEIGHT(ratio, entry, price)
    HEDGED_WEIGHT = CallPython("HEDGED_WEIGHT", Array(ratio, entry, price))
End Function

Public Function COIN_DELTA(qty, price, Optional unit)
    COIN_DELTA = CallPython("COIN_DELTA", Array(qty, price, unit))
End Function

Public Function COIN_GAMMA(qty, price)
    COIN_GAMMA = CallPython("COIN_GAMMA", Array(qty, price))
End Function

Public Function MIN_VAR_HEDGE(spot_returns, futures_returns)
    MIN_VAR_HEDGE = CallPython("MIN_VAR_HEDGE", Array(spot_returns, futures_returns))
End Function

Public Function HEDGE_EFFECTIVENESS(unhedged, hedged)
    HEDGE_EFFECTIVENESS = CallPython("HEDGE_EFFECTIVENESS", Array(unhedged, hedged))
End Function

Public Function REHEDGE(coins, qty, price, ratio, low, high, Optional face, Optional reset, Optional rounding)
    REHEDGE = CallPython("REHEDGE", Array(coins, qty, price, ratio, low, high, face, reset, rounding))
End Function

Public Function BETA_HEDGE(value, beta, price, Optional face, Optional existing_qty, Optional rounding)
    BETA_HEDGE = CallPython("BETA_HEDGE", Array(value, beta, price, face, existing_qty, rounding))
End Function

Public Function INITIAL_MARGIN(qty, price, leverage, Optional fee)
    INITIAL_MARGIN = CallPython("INITIAL_MARGIN", Array(qty, price, leverage, fee))
End Function

Public Function MAINT_MARGIN(qty, price, mmr, Optional amount, Optional slope)
    MAINT_MARGIN = CallPython("MAINT_MARGIN", Array(qty, price, mmr, amount, slope))
End Function

Public Function MAINT_AMOUNTS(floors, rates)
    MAINT_AMOUNTS = CallPython("MAINT_AMOUNTS", Array(floors, rates))
End Function

Public Function MAINT_TIER(notional, floors, rates, Optional item)
    MAINT_TIER = CallPython("MAINT_TIER", Array(notional, floors, rates, item))
End Function

Public Function MARGIN_RATIO(qty, entry, price, margin, mmr, Optional amount, Optional fee, Optional method, Optional slope)
    MARGIN_RATIO = CallPython("MARGIN_RATIO", Array(qty, entry, price, margin, mmr, amount, fee, method, slope))
End Function

Public Function MARGIN_FOR_MOVE(qty, entry, move, mmr, Optional amount, Optional fee, Optional method, Optional slope)
    MARGIN_FOR_MOVE = CallPython("MARGIN_FOR_MOVE", Array(qty, entry, move, mmr, amount, fee, method, slope))
End Function

Public Function SAFE_MARGIN(qty, price, move, mmr, rate, interval_hours, days, Optional fee, Optional amount, Optional method, Optional slope)
    SAFE_MARGIN = CallPython("SAFE_MARGIN", Array(qty, price, move, mmr, rate, interval_hours, days, fee, amount, method, slope))
End Function

Public Function SAFE_HEDGE(margin, price, move, mmr, rate, interval_hours, days, Optional face, Optional fee, Optional amount, Optional method, Optional slope)
    SAFE_HEDGE = CallPython("SAFE_HEDGE", Array(margin, price, move, mmr, rate, interval_hours, days, face, fee, amount, method, slope))
End Function

Public Function MAX_LEVERAGE(qty, move, mmr)
    MAX_LEVERAGE = CallPython("MAX_LEVERAGE", Array(qty, move, mmr))
End Function

Public Function MAX_QTY(balance, price, leverage, Optional fee, Optional face)
    MAX_QTY = CallPython("MAX_QTY", Array(balance, price, leverage, fee, face))
End Function

Public Function LIQ_PRICE(qty, entry, margin, mmr, Optional amount, Optional fee, Optional method, Optional slope, Optional side)
    LIQ_PRICE = CallPython("LIQ_PRICE", Array(qty, entry, margin, mmr, amount, fee, method, slope, side))
End Function

Public Function MARGIN_CALL_PRICE(qty, entry, margin, mmr, ratio, Optional amount, Optional fee, Optional method, Optional slope)
    MARGIN_CALL_PRICE = CallPython("MARGIN_CALL_PRICE", Array(qty, entry, margin, mmr, ratio, amount, fee, method, slope))
End Function

Public Function LIQ_PRICE_TIERED(qty, entry, margin, floors, rates, Optional fee, Optional method)
    LIQ_PRICE_TIERED = CallPython("LIQ_PRICE_TIERED", Array(qty, entry, margin, floors, rates, fee, method))
End Function

Public Function LIQ_PRICE_CROSS(qtys, entries, mmrs, balance, Optional basis_, Optional amounts, Optional fees, Optional methods, Optional slopes, Optional side)
    LIQ_PRICE_CROSS = CallPython("LIQ_PRICE_CROSS", Array(qtys, entries, mmrs, balance, basis_, amounts, fees, methods, slopes, side))
End Function

Public Function BANKRUPTCY_PRICE(qty, entry, margin, Optional fee)
    BANKRUPTCY_PRICE = CallPython("BANKRUPTCY_PRICE", Array(qty, entry, margin, fee))
End Function

Public Function LIQ_DISTANCE(liq, price)
    LIQ_DISTANCE = CallPython("LIQ_DISTANCE", Array(liq, price))
End Function

Public Function LIQ_PROBABILITY(price, liq, volatility, days, Optional drift_)
    LIQ_PROBABILITY = CallPython("LIQ_PROBABILITY", Array(price, liq, volatility, days, drift_))
End Function

Public Function LIQ_PRICE_AFTER_FUNDING(qty, entry, margin, mmr, rate, interval_hours, days, Optional price, Optional method, Optional amount, Optional fee, Optional slope)
    LIQ_PRICE_AFTER_FUNDING = CallPython("LIQ_PRICE_AFTER_FUNDING", Array(qty, entry, margin, mmr, rate, interval_hours, days, price, method, amount, fee, slope))
End Function

Public Function TIER_LEVERAGE(notional, floors, leverages)
    TIER_LEVERAGE = CallPython("TIER_LEVERAGE", Array(notional, floors, leverages))
End Function

Public Function FUNDING_PAYMENT(qty, mark, rate, Optional unit)
    FUNDING_PAYMENT = CallPython("FUNDING_PAYMENT", Array(qty, mark, rate, unit))
End Function

Public Function FUNDING_TOTAL(qty, rates, marks, Optional unit)
    FUNDING_TOTAL = CallPython("FUNDING_TOTAL", Array(qty, rates, marks, unit))
End Function

Public Function FUNDING_LEDGER(qty, times, rates, marks)
    FUNDING_LEDGER = CallPython("FUNDING_LEDGER", Array(qty, times, rates, marks))
End Function

Public Function FUNDING_COST(qty, rate, interval_hours, days)
    FUNDING_COST = CallPython("FUNDING_COST", Array(qty, rate, interval_hours, days))
End Function

Public Function FUNDING_APR(rate, interval_hours, Optional compound)
    FUNDING_APR = CallPython("FUNDING_APR", Array(rate, interval_hours, compound))
End Function

Public Function BASIS(future, spot, Optional unit)
    BASIS = CallPython("BASIS", Array(future, spot, unit))
End Function

Public Function BASIS_APR(future, spot, days, Optional mode)
    BASIS_APR = CallPython("BASIS_APR", Array(future, spot, days, mode))
End Function

Public Function CARRY_QTY(coins, future)
    CARRY_QTY = CallPython("CARRY_QTY", Array(coins, future))
End Function

Public Function DELIVERY_PNL(qty, entry, settlement, Optional delivery_fee, Optional fee_open)
    DELIVERY_PNL = CallPython("DELIVERY_PNL", Array(qty, entry, settlement, delivery_fee, fee_open))
End Function

Public Function ROLL_APR(near, far, days_near, days_far, Optional fees)
    ROLL_APR = CallPython("ROLL_APR", Array(near, far, days_near, days_far, fees))
End Function

Public Function IMPLIED_FUNDING(future, spot, days, interval_hours)
    IMPLIED_FUNDING = CallPython("IMPLIED_FUNDING", Array(future, spot, days, interval_hours))
End Function

Public Function BREAK_EVEN_FUNDING(fee_open, fee_close, days, interval_hours, Optional basis_)
    BREAK_EVEN_FUNDING = CallPython("BREAK_EVEN_FUNDING", Array(fee_open, fee_close, days, interval_hours, basis_))
End Function

Public Function DOLLAR_APR(ratio, rate, interval_hours, days, Optional fees)
    DOLLAR_APR = CallPython("DOLLAR_APR", Array(ratio, rate, interval_hours, days, fees))
End Function

Public Function CARRY_VALUE(coins, future, spot, days, Optional fees)
    CARRY_VALUE = CallPython("CARRY_VALUE", Array(coins, future, spot, days, fees))
End Function

Public Function HEDGE_COST(qty, days, rate, interval_hours, fee_open, fee_close, Optional basis_)
    HEDGE_COST = CallPython("HEDGE_COST", Array(qty, days, rate, interval_hours, fee_open, fee_close, basis_))
End Function

Public Function BREAK_EVEN_DAYS(qty, rate, interval_hours, fee_open, fee_close)
    BREAK_EVEN_DAYS = CallPython("BREAK_EVEN_DAYS", Array(qty, rate, interval_hours, fee_open, fee_close))
End Function

Public Function WEIGHTS(coins, prices, Optional qtys)
    WEIGHTS = CallPython("WEIGHTS", Array(coins, prices, qtys))
End Function

Public Function DRIFT(coins, prices, targets, Optional qtys)
    DRIFT = CallPython("DRIFT", Array(coins, prices, targets, qtys))
End Function

Public Function REBALANCE_TRADES(coins, prices, targets, Optional band, Optional min_trade, Optional never_sell)
    REBALANCE_TRADES = CallPython("REBALANCE_TRADES", Array(coins, prices, targets, band, min_trade, never_sell))
End Function

Public Function REBALANCE_HEDGES(coins, prices, targets, faces, Optional qtys, Optional band, Optional rounding)
    REBALANCE_HEDGES = CallPython("REBALANCE_HEDGES", Array(coins, prices, targets, faces, qtys, band, rounding))
End Function

Public Function TAX_DEFERRAL(coins, price, cost_basis, tax_spot, tax_futures, days, exit_price, discount_rate, Optional funding, Optional fees)
    TAX_DEFERRAL = CallPython("TAX_DEFERRAL", Array(coins, price, cost_basis, tax_spot, tax_futures, days, exit_price, discount_rate, funding, fees))
End Function

Public Function COLLATERAL_VALUE(coins, prices, haircuts)
    COLLATERAL_VALUE = CallPython("COLLATERAL_VALUE", Array(coins, prices, haircuts))
End Function

Public Function PORTFOLIO_VAR(exposures, volatilities, correlations, days, Optional level, Optional item)
    PORTFOLIO_VAR = CallPython("PORTFOLIO_VAR", Array(exposures, volatilities, correlations, days, level, item))
End Function

Public Function HISTORICAL_VAR(exposures, returns, Optional level, Optional item)
    HISTORICAL_VAR = CallPython("HISTORICAL_VAR", Array(exposures, returns, level, item))
End Function

Public Function SCENARIO_LADDER(coins, qty, entry, prices, Optional margin, Optional mmr, Optional funding, Optional amount, Optional fee, Optional method, Optional slope, Optional peak, Optional squeeze)
    SCENARIO_LADDER = CallPython("SCENARIO_LADDER", Array(coins, qty, entry, prices, margin, mmr, funding, amount, fee, method, slope, peak, squeeze))
End Function

Public Function SCENARIO_GRID(coins, entry, prices, ratios, Optional output, Optional margin, Optional mmr, Optional amount, Optional fee, Optional method, Optional slope, Optional peak)
    SCENARIO_GRID = CallPython("SCENARIO_GRID", Array(coins, entry, prices, ratios, output, margin, mmr, amount, fee, method, slope, peak))
End Function

Public Function CARRY_GRID(qty, price, rates, days, Optional interval_hours, Optional unit)
    CARRY_GRID = CallPython("CARRY_GRID", Array(qty, price, rates, days, interval_hours, unit))
End Function

Public Function STRESS(coins, qtys, entries, prices, shocks, Optional margins, Optional mmrs, Optional amounts, Optional fees, Optional methods, Optional slopes, Optional peaks)
    STRESS = CallPython("STRESS", Array(coins, qtys, entries, prices, shocks, margins, mmrs, amounts, fees, methods, slopes, peaks))
End Function

Public Function HEDGE_REPLAY(times, prices, rates, coins, ratio, Optional low, Optional high, Optional fee, Optional margin, Optional mmr, Optional amount, Optional liq_fee, Optional method, Optional slope, Optional peaks)
    HEDGE_REPLAY = CallPython("HEDGE_REPLAY", Array(times, prices, rates, coins, ratio, low, high, fee, margin, mmr, amount, liq_fee, method, slope, peaks))
End Function

Public Function CONTRACT_SPEC(venue, symbol, field)
    CONTRACT_SPEC = CallPython("CONTRACT_SPEC", Array(venue, symbol, field))
End Function

Public Function LIQ_PRICE_VENUE(venue, symbol, qty, entry, margin)
    LIQ_PRICE_VENUE = CallPython("LIQ_PRICE_VENUE", Array(venue, symbol, qty, entry, margin))
End Function

Public Function ROUND_LOT(contracts, lot, Optional rounding)
    ROUND_LOT = CallPython("ROUND_LOT", Array(contracts, lot, rounding))
End Function

Public Function ROUND_TICK(price, tick, Optional rounding)
    ROUND_TICK = CallPython("ROUND_TICK", Array(price, tick, rounding))
End Function

Public Function XLHEDGE_VERSION()
    XLHEDGE_VERSION = CallPython("XLHEDGE_VERSION", Array())
End Function

Public Function MARKET(venue, symbol, field)
    MARKET = CallPython("MARKET", Array(venue, symbol, field))
End Function
