using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Training.Data;
using HeadCount.Training.Export;
using HeadCount.Training.Losses;
using HeadCount.Training.Networks;
using HeadCount.Training.Storage;
using TorchSharp;
using static TorchSharp.torch;

namespace HeadCount.Training.Recipes;

/// <summary>CSRNet: a density map, by squared error against one Gaussian a head.</summary>
internal sealed class CsrNetRecipe : IRecipe
{
    private readonly TrainingOptions _options;
    private readonly CsrNet _network, _average;

    internal CsrNetRecipe(TrainingOptions options)
    {
        _options = options;
        _network = new CsrNet(options.CsrNet.FreezeFront);
        _average = new CsrNet(options.CsrNet.FreezeFront);
        _average.Load(_network.State.ToDictionary());
    }

    public INetwork Network => _network;

    public INetwork Average => _average;

    public int Stride => CsrNet.Stride;

    /// <summary>The receptive field reaches 46 px in the front end and 6 × 2 cells of 8 px in the back end.</summary>
    public int Margin => 144;

    public void Start(Func<Tensor> images, Action<string> say)
    {
        if (_options.StartFrom is { } whole)
            WeightsFile.Load(whole, _network.Load);
        if (_options.CsrNet.FrontWeights is { } front)
            WeightsFile.Load(front, _network.LoadFront, _network.IsFront);
        else if (_options.StartFrom is null)
            say("the front end starts from random weights; --front-weights takes those of a VGG16 trained on ImageNet");
    }

    public BatchLoss Prepare(Crop[] batch)
    {
        float[] density = [.. batch.SelectMany(c => DensityTarget.Of(c.X, c.Y, c.Spacing, c.Size, c.Size, CsrNet.Stride, _options.CsrNet.Kernel))];
        return images =>
        {
            Tensor answer = _network.Forward(images, _options.ScalarType);
            using Tensor target = tensor(density, answer.shape);
            // 1 / 2N Σ ‖answer − target‖², the loss of the paper.
            Tensor loss = (answer - target).square().sum() * (0.5 / batch.Length);
            return (loss, new LossParts(null, null, loss.item<float>()));
        };
    }

    public IValidationResult Validate(ValidationPictures pictures, ScalarType precision) => DensityValidation.Run(pictures, _average, precision);

    public void Export(string path, ModelCard card, IEnumerable<RgbImage>? calibration) => CsrNetExport.Save(_average, card, path);

    public double LargestDifference(string path, IEnumerable<RgbImage> tiles) => CsrNetExport.LargestDifference(path, _average, tiles);

    public void Dispose()
    {
        _network.Dispose();
        _average.Dispose();
    }
}
