using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HeadCount.Annotations;
using HeadCount.Annotations.HeadCsv;
using HeadCount.Evaluation;
using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.IO;
using HeadCount.Synthesis;
using HeadCount.Training.Networks;
using HeadCount.Training.Storage;

namespace HeadCount.Training;

/// <summary>How a model that exists is trained further on a few pictures.</summary>
public sealed record FineTuningOptions
{
    /// <summary>Folder of the annotated pictures, in any layout that <see cref="Annotations.Dataset"/> reads.</summary>
    public required string Dataset { get; init; }

    /// <summary>Name of a shipped model, or the path of a model file, in 32-bit floats. The default is small.</summary>
    public string Model { get; init; } = HeadModel.DefaultName;

    /// <summary>Steps. The default is 400.</summary>
    public int Steps { get; init; } = 400;

    /// <summary>Crops a step. The default is 8.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Highest learning rate. The default is 0.0003.</summary>
    public double LearningRate { get; init; } = 3e-4;

    /// <summary>Threads of the network. The default is one for each core.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Seed of the crops and of the rendered scenes. The default is 1.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>How a model does on the pictures that were held back.</summary>
/// <param name="MeanAbsoluteError">Of the count, a picture.</param>
/// <param name="F1">At a matching radius of 8 px.</param>
public readonly record struct FineTuningScore(double MeanAbsoluteError, double F1)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"MAE {MeanAbsoluteError:f2}, F1 at 8 px {F1:f3}");
}

/// <summary>What fine-tuning gave.</summary>
/// <param name="Model">The new model file.</param>
/// <param name="Pictures">Pictures that it was trained on.</param>
/// <param name="HeldBack">Pictures that it was judged by.</param>
/// <param name="Before">The model that it began with, on the pictures held back.</param>
/// <param name="After">The new one, on the same.</param>
public sealed record FineTuningResult(string Model, int Pictures, int HeldBack, FineTuningScore Before, FineTuningScore After)
{
    /// <summary>Whether the new model counts better, and finds heads no worse.</summary>
    public bool IsBetter => After.MeanAbsoluteError < Before.MeanAbsoluteError && After.F1 >= Before.F1 - 0.005;
}

/// <summary>
/// Trains a shipped model further on a user's own pictures: few steps at a low rate, a quarter of the crops from rendered scenes so
/// that what it knew is not forgotten, every fifth picture held back to judge the result.
/// </summary>
public static class FineTuning
{
    /// <summary>Fewest annotated pictures.</summary>
    public const int LeastPictures = 5;

    private const int HeldBackEvery = 5, Scenes = 24, Validations = 4;

    private const double RehearsalShare = 0.25;

    /// <summary>Runs to the end; a run that was stopped goes on where it was.</summary>
    /// <param name="folder">Where the run is kept; the new model is <c>model.onnx</c> in it.</param>
    /// <param name="options">What to train and on what.</param>
    /// <param name="progress">Called often, on this thread.</param>
    /// <param name="cancellation">Stops after the step in hand, with a checkpoint.</param>
    /// <exception cref="ArgumentException">There are too few pictures, or the folder holds a run on other pictures or heads, or with
    /// other options.</exception>
    /// <exception cref="ModelException">There is no such model.</exception>
    /// <exception cref="InvalidDataException">The model is not one in 32-bit floats.</exception>
    /// <exception cref="OperationCanceledException">Stopped early.</exception>
    public static FineTuningResult Run(
        RunFolder folder, FineTuningOptions options, Action<TrainingProgress> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        string start = HeadModel.PathOf(options.Model);
        ModelCard card = ModelCard.Read(start);
        AnnotatedImage[] images = [.. Dataset.Load(options.Dataset).Images];
        if (images.Length < LeastPictures)
            throw new ArgumentException($"{options.Dataset}: {images.Length} annotated pictures; fine-tuning needs at least {LeastPictures}");
        AnnotatedImage[] heldBack = [.. images.Where((_, i) => i % HeldBackEvery == HeldBackEvery / 2)], taught = [.. images.Except(heldBack)];

        string train = Path.Combine(folder.Path, "train.txt"), validation = Path.Combine(folder.Path, "held-back.txt"),
            scenes = Path.Combine(folder.Path, "rehearsal"), fingerprint = Path.Combine(folder.Path, "annotations.sha256");
        var training = new TrainingOptions
        {
            Dataset = Path.GetFullPath(options.Dataset),
            Train = [new(train, 1 - RehearsalShare), new(scenes, RehearsalShare)],
            Validation = [validation],
            Size = SizeOf(start),
            StartFrom = start,
            Steps = options.Steps,
            BatchSize = options.BatchSize,
            LearningRate = options.LearningRate,
            WarmUp = Math.Min(50, options.Steps / 4),
            Average = 0.99,
            DensityWeight = 0.2,
            Validations = Validations,
            Threads = options.Threads,
            Seed = options.Seed,
        };
        // Going on with other annotations would judge the model by pictures that it has learnt from, or not learn from them at all.
        if (folder.Options is { } stored && !(stored.SameAs(training) && File.Exists(fingerprint) && File.ReadAllText(fingerprint) == Fingerprint(images)))
            throw new ArgumentException($"{folder.Path} holds a run on other annotations or with other options; choose another folder, or delete it");
        Directory.CreateDirectory(folder.Path);
        WholeFile.WriteText(fingerprint, Fingerprint(images));
        WriteList(train, taught);
        WriteList(validation, heldBack);
        Render(scenes, options.Seed);
        Trainer.Run(folder, training, progress, cancellation);

        string path = Path.Combine(folder.Path, "model.onnx");
        Exporter.ExportAs(folder, path, card with
        {
            Name = $"{card.Name}-finetuned",
            Training = string.Create(CultureInfo.InvariantCulture,
                $"{card.Training}; then {options.Steps} steps of {options.BatchSize} crops on {taught.Length} pictures of the user's")
                + string.Create(CultureInfo.InvariantCulture, $" (and rendered scenes), {heldBack.Length} held back, from {card.Name} {card.Version}"),
        });
        return new FineTuningResult(path, taught.Length, heldBack.Length, Score(start, heldBack, options), Score(path, heldBack, options));

        static void WriteList(string path, AnnotatedImage[] list) =>
            WholeFile.WriteText(path, string.Concat(list.Select(image => image.Name + "\n")));
    }

    // Of the pictures' names and heads.
    private static string Fingerprint(AnnotatedImage[] images)
    {
        var text = new StringBuilder();
        foreach (AnnotatedImage image in images)
        {
            text.Append(image.Name).Append('\n');
            foreach (HeadPoint head in image.Heads)
                text.Append(CultureInfo.InvariantCulture, $"{head.X:R} {head.Y:R}\n");
        }
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string SizeOf(string model)
    {
        using HeadNetwork network = HeadNetwork.Read(model);
        return network.Size.Name;
    }

    // The same scenes for the same seed: a run that goes on has them already.
    private static void Render(string folder, int seed)
    {
        string table = Path.Combine(folder, "annotations.csv");
        if (File.Exists(table))
            return;
        Directory.CreateDirectory(Path.Combine(folder, "images"));
        var heads = new PictureHeads[Scenes];
        Parallel.For(0, Scenes, i =>
        {
            Scene scene = SceneRenderer.Render(new SceneOptions { MaxPeople = 600, Seed = unchecked((seed + 7919L) * 1_000_000 + i) });
            string name = string.Create(CultureInfo.InvariantCulture, $"images/scene_{i:d2}.jpg");
            PictureWriter.Save(scene.Picture, Path.Combine(folder, name), scene.JpegQuality);
            heads[i] = new PictureHeads(name, scene.Heads);
        });
        HeadCsvFile.Write(table, heads);
    }

    private static FineTuningScore Score(string model, AnnotatedImage[] images, FineTuningOptions options)
    {
        const double Radius = 8;
        using HeadModel network = HeadModel.Load(model, options.Threads);
        var counter = new HeadCounter(network);
        PictureScore[] scores = [.. images.Select(image => PictureScore.Of(
            new EvaluatedImage(image.Name, image.Heads, counter.Count(image.ImagePath).Heads), [Radius]))];
        return new FineTuningScore(scores.Average(score => (double)Math.Abs(score.Truth - score.Predicted)), Metric.Sum(scores, Radius).F1);
    }
}
