using System.Globalization;
using System.Text.Json.Nodes;
using HeadCount.Training.Networks;
using HeadCount.Training.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace HeadCount.Training;

/// <summary>Counting errors of one list.</summary>
/// <param name="List">The split file's name.</param>
/// <param name="MeanAbsoluteError">Of the density's sum, a picture.</param>
/// <param name="RootMeanSquareError">Of the density's sum, a picture.</param>
internal sealed record DensityScores(string List, double MeanAbsoluteError, double RootMeanSquareError);

/// <summary>A validation of a network that gives a density alone.</summary>
internal sealed record DensityResult(IReadOnlyList<DensityScores> Lists) : IValidationResult
{
    /// <summary>The mean of the lists' mean absolute errors, negated.</summary>
    public double Quality => -Lists.Average(l => l.MeanAbsoluteError);

    /// <summary>No score map is searched for peaks: a neutral value for the card.</summary>
    public double Threshold => 0.5;

    /// <summary>One cell.</summary>
    public double SuppressionRadius => CsrNet.Stride;

    public JsonObject ToJson() => new()
    {
        ["quality"] = Math.Round(Quality, 5),
        ["lists"] = new JsonObject(Lists.Select(l => KeyValuePair.Create(l.List, (JsonNode?)new JsonObject
        {
            ["mae"] = Math.Round(l.MeanAbsoluteError, 2),
            ["rmse"] = Math.Round(l.RootMeanSquareError, 2),
        }))),
    };

    public override string ToString() => string.Join("; ", Lists.Select(l =>
        string.Create(CultureInfo.InvariantCulture, $"{l.List} MAE {l.MeanAbsoluteError:f1} RMSE {l.RootMeanSquareError:f1}")));
}

/// <summary>Sums the density over whole pictures.</summary>
internal static class DensityValidation
{
    internal static DensityResult Run(ValidationPictures pictures, CsrNet network, ScalarType precision) =>
        new([.. pictures.Lists.Select(list =>
        {
            double[] errors = [.. list.Pictures.Select(p => Sum(network, p.Pixels(), precision) - p.Count)];
            return new DensityScores(list.Name, errors.Average(Math.Abs), Math.Sqrt(errors.Average(e => e * e)));
        })]);

    private static double Sum(CsrNet network, Imaging.RgbImage picture, ScalarType precision)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        // The model file holds no negative heads either.
        return network.Forward(ValidationPictures.Padded(picture, CsrNet.Stride), precision).clamp_min(0).sum().item<float>();
    }
}
