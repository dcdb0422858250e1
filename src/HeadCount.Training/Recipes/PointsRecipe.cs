using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Training.Data;
using HeadCount.Training.Export;
using HeadCount.Training.Losses;
using HeadCount.Training.Networks;
using HeadCount.Training.Storage;
using static TorchSharp.torch;

namespace HeadCount.Training.Recipes;

/// <summary>The head network: points by score and offset, with a density beside them.</summary>
internal sealed class PointsRecipe : IRecipe
{
    private readonly TrainingOptions _options;
    private readonly HeadLoss _loss;
    private readonly HeadNetwork _network, _average;
    private readonly HeadNetwork? _teacher;

    internal PointsRecipe(TrainingOptions options)
    {
        _options = options;
        _loss = new HeadLoss(options);
        _network = new HeadNetwork(NetworkSize.Named(options.Size));
        _average = _network.Copy();
        _teacher = options.Teacher is { } weights ? HeadNetwork.Read(weights) : null;
    }

    public INetwork Network => _network;

    public INetwork Average => _average;

    public int Stride => HeadTopology.ScoreStride;

    public int Margin => 64;

    public void Start(Func<Tensor> images, Action<string> say)
    {
        if (_options.Backbone is { } backbone)
        {
            using var scope = NewDisposeScope();
            _network.LoadBackbone(ResNetWeights.Load(backbone));
        }
        if (_options.StartFrom is { } weights)
        {
            WeightsFile.Load(weights, state =>
            {
                if (HeadNetwork.IsFolded(state))
                    _network.LoadFolded(state, images());
                else
                    _network.GrowFrom(state);
            });
        }
    }

    public BatchLoss Prepare(Crop[] batch)
    {
        CropTargets[] targets = [.. batch.Select(c => CropTargets.Of(c, HeadTopology.ScoreStride, HeadTopology.DensityStride))];
        return images => _loss.Of(_network.Forward(images, training: true, _options.ScalarType), targets, Taught(images));
    }

    private HeadTensors? Taught(Tensor images)
    {
        using var noGradient = no_grad();
        return _teacher?.Forward(images, training: false, _options.ScalarType);
    }

    public IValidationResult Validate(ValidationPictures pictures, ScalarType precision) => PointValidation.Run(pictures, _average, precision);

    public void Export(string path, ModelCard card, IEnumerable<RgbImage>? calibration) =>
        OnnxExport.Save(_average, card, path, calibration is null ? null : ActivationRanges.Of(_average, calibration));

    public double LargestDifference(string path, IEnumerable<RgbImage> tiles) => OnnxExport.LargestDifference(path, _average, tiles);

    public void Dispose()
    {
        _network.Dispose();
        _average.Dispose();
        _teacher?.Dispose();
    }
}
