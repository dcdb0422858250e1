namespace HeadCount.Evaluation;

/// <summary>A number and the range that holds 95 % of its bootstrap resamples.</summary>
/// <param name="Value">The number over all pictures.</param>
/// <param name="Low">2.5 % of the resamples lie below.</param>
/// <param name="High">2.5 % of the resamples lie above.</param>
public readonly record struct Interval(double Value, double Low, double High);

/// <summary>A difference of two paired samples.</summary>
/// <param name="Difference">Second minus first.</param>
/// <param name="PValue">Twice the share of resamples on the rarer side of 0 or at it, in 0..1: how often chance alone
/// in the choice of pictures gives a difference like this.</param>
public readonly record struct PairedDifference(Interval Difference, double PValue);
