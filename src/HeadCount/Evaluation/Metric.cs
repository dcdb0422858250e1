using System.Globalization;

namespace HeadCount.Evaluation;

/// <summary>A number that sums up a set of pictures, so that it can be resampled and compared.</summary>
/// <param name="Name">For tables, such as <c>MAE</c> or <c>F1 at 8 px</c>.</param>
/// <param name="Decimals">How many are worth printing.</param>
/// <param name="LowerIsBetter">Null where the best value is 0, from either side.</param>
/// <param name="Of">The number; null where it is undefined.</param>
public sealed record Metric(
    string Name, int Decimals, bool? LowerIsBetter, Func<IReadOnlyList<PictureScore>, double?> Of)
{
    /// <summary>Mean absolute count error, in heads a picture.</summary>
    public static Metric Mae { get; } = Counting("MAE", true, errors => errors.Mae);

    /// <summary>Mean absolute error of the density map's sum, in heads a picture; null without density maps.</summary>
    public static Metric DensityMae { get; } = new("MAE of the density sum", 2, true, pictures =>
        pictures.All(picture => picture.DensitySum is not null)
            ? CountingErrors.Of(pictures.Select(picture => (picture.Truth, picture.DensitySum!.Value))).Mae
            : null);

    /// <summary>Every metric of pictures scored at these radii, counting first.</summary>
    /// <param name="radii">Matching radii in pixels.</param>
    public static IReadOnlyList<Metric> All(IEnumerable<double> radii) =>
    [
        Mae,
        Counting("RMSE", true, errors => errors.Rmse),
        Counting("NAE", true, errors => errors.Nae, 4),
        Counting("bias", null, errors => errors.Bias),
        DensityMae,
        .. radii.SelectMany(radius => (Metric[])[Precision(radius), Recall(radius), F1(radius)]),
    ];

    /// <summary>Micro precision.</summary>
    public static Metric Precision(double radius) => Localization("precision", radius, score => score.Precision);

    /// <summary>Micro recall.</summary>
    public static Metric Recall(double radius) => Localization("recall", radius, score => score.Recall);

    /// <summary>Micro F1.</summary>
    public static Metric F1(double radius) => Localization("F1", radius, score => score.F1);

    /// <summary>Sum of the pictures' scores at a radius.</summary>
    public static LocalizationScore Sum(IReadOnlyList<PictureScore> pictures, double radius)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        var sum = new LocalizationScore();
        foreach (PictureScore picture in pictures)
            sum += picture.At(radius);
        return sum;
    }

    private static Metric Counting(string name, bool? lower, Func<CountingErrors, double?> number, int decimals = 2) =>
        new(name, decimals, lower, pictures => number(CountingErrors.Of(
            pictures.Select(picture => (picture.Truth, (double)picture.Predicted)))));

    private static Metric Localization(string name, double radius, Func<LocalizationScore, double> number) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{name} at {radius} px"), 4, false,
            pictures => number(Sum(pictures, radius)));
}
