using System.Text.Json.Nodes;
using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Training.Data;
using HeadCount.Training.Losses;
using HeadCount.Training.Networks;
using TorchSharp;

namespace HeadCount.Training.Recipes;

/// <summary>The loss of the network's answer to a batch.</summary>
/// <param name="images">[N, H, W, 3], uint8.</param>
internal delegate (torch.Tensor Total, LossParts Parts) BatchLoss(torch.Tensor images);

/// <summary>What a validation measured.</summary>
internal interface IValidationResult
{
    /// <summary>What the best weights are chosen by: the higher the better.</summary>
    double Quality { get; }

    /// <summary>Score from which a peak counts as a head.</summary>
    double Threshold { get; }

    /// <summary>Pixels below which the weaker of two peaks is dropped.</summary>
    double SuppressionRadius { get; }

    JsonObject ToJson();
}

/// <summary>A way to train: the network, what it is taught, and what a validation measures.</summary>
internal interface IRecipe : IDisposable
{
    /// <summary>Trained by gradient.</summary>
    INetwork Network { get; }

    /// <summary>The same network with memory of its own, for averaged weights: what is validated and exported.</summary>
    INetwork Average { get; }

    /// <summary>Picture pixels per cell of the finest map.</summary>
    int Stride { get; }

    /// <summary>What a tile edge needs, pixels: about the reach of the context that changes an answer.</summary>
    int Margin { get; }

    /// <summary>Puts the weights that the configuration names into <see cref="Network"/>.</summary>
    /// <param name="images">Makes some crops of the training pictures, [N, H, W, 3], uint8.</param>
    /// <param name="say">Is told what there is to know about them.</param>
    /// <exception cref="InvalidDataException">A file does not fit; the message names it.</exception>
    void Start(Func<torch.Tensor> images, Action<string> say);

    /// <summary>Makes the targets of a batch; called on the loading thread.</summary>
    BatchLoss Prepare(Crop[] batch);

    IValidationResult Validate(ValidationPictures pictures, torch.ScalarType precision);

    /// <summary>Writes the averaged network as an ONNX file.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="card">What the model says of itself.</param>
    /// <param name="calibration">Pictures to take the ranges of 8-bit integers from, or null for 32-bit floats.</param>
    void Export(string path, ModelCard card, IEnumerable<RgbImage>? calibration);

    /// <summary>Largest absolute difference, in heads, cells or score, between the maps of a file and of the averaged network.</summary>
    double LargestDifference(string path, IEnumerable<RgbImage> tiles);

    /// <summary>The recipe that a configuration names.</summary>
    static IRecipe Of(TrainingOptions options) => options.Recipe switch
    {
        TrainingOptions.Points => new PointsRecipe(options),
        TrainingOptions.CsrNetVgg16 => new CsrNetRecipe(options),
        _ => throw new ArgumentException($"No recipe '{options.Recipe}'; there are: {string.Join(", ", TrainingOptions.Recipes)}."),
    };
}
