using System.CommandLine;
using System.Globalization;
using HeadCount.Training.Data;
using HeadCount.Training.Losses;

namespace HeadCount.Training.Cli.Commands;

/// <summary><c>headcount-train fit</c>: trains a network, or goes on with a run.</summary>
internal static class FitCommand
{
    internal static Command Create()
    {
        var defaults = new TrainingOptions { Dataset = "", Train = [], Validation = [] };
        var dataset = new Argument<string?>("DATASET")
        {
            Description = "Folder that the lists' paths are relative to",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var run = new Option<string>("--run")
        {
            Description = "Folder of the run; one that holds a run goes on with it",
            Required = true,
        };
        var train = new Option<string[]>("--train")
        {
            Description = "LIST or LIST=SHARE: pictures to train on and their share of the crops",
        };
        var validation = new Option<string[]>("--val") { Description = "LIST: pictures to validate on" };
        var recipe = Setting("--recipe", "What is trained: points (score, offset, density) or csrnet-vgg16 (density)", defaults.Recipe);
        recipe.AcceptOnlyFromAmong([.. TrainingOptions.Recipes]);
        var size = Setting("--size", "Network size: nano, small or base", defaults.Size);
        var loss = Setting("--loss", "How the score map is taught", defaults.Loss);
        var steps = Setting("--steps", "Steps of the whole run", defaults.Steps);
        var batch = Setting("--batch", "Crops a step", defaults.BatchSize);
        var crop = Setting("--crop", "Side of a crop, pixels", defaults.CropSize);
        var rate = new Option<double?>("--lr")
        {
            Description = string.Create(CultureInfo.InvariantCulture,
                $"Highest learning rate [default: {defaults.LearningRate}; {TrainingOptions.CsrNetVgg16}: ")
                + string.Create(CultureInfo.InvariantCulture, $"{TrainingOptions.DefaultLearningRate(TrainingOptions.CsrNetVgg16)}]"),
        };
        var warm = Setting("--warm-up", "Steps over which the learning rate rises", defaults.WarmUp);
        var density = Setting("--density", "Weight of the density branch", defaults.DensityWeight);
        var minScale = Setting("--min-scale", "Smallest enlargement of a crop", defaults.Augmentation.MinScale);
        var maxScale = Setting("--max-scale", "Largest enlargement of a crop", defaults.Augmentation.MaxScale);
        var seed = Setting("--seed", "Seed of weights and crops", defaults.Seed);
        var threads = Setting("--threads", "Threads of the network", defaults.Threads);
        var precision = Setting("--precision", "What convolutions compute in", defaults.Precision);
        var validations = Setting("--validations", "Validations over the run", defaults.Validations);
        var teacher = new Option<string?>("--teacher")
        {
            Description = "points: weights (safetensors) of any size, whose answers are taught beside the annotations",
        };
        var front = new Option<string?>("--front-weights")
        {
            Description = "csrnet-vgg16: weights of a VGG16 for the front end (torchvision's .pth, or safetensors)",
        };
        var freeze = new Option<bool>("--freeze-front") { Description = "csrnet-vgg16: the front end keeps its weights" };
        var sigma = new Option<double?>("--sigma")
        {
            Description = "csrnet-vgg16: width of every head's Gaussian, pixels; without it the width follows the heads' spacing",
        };
        var beta = Setting("--beta", "csrnet-vgg16: width of a head's Gaussian by the distance to its nearest three",
            defaults.CsrNet.Kernel.Beta);
        var start = new Option<string?>("--start-from")
        {
            Description = "Weights (safetensors) to start from; points: of this size or a smaller one",
        };
        var command = new Command("fit", "Trains a network, or goes on with the run that a folder holds")
        {
            dataset, run, train, validation, recipe, size, loss, steps, batch, crop, rate, warm, density,
            minScale, maxScale, seed, threads, precision, validations, start, teacher, front, freeze, sigma, beta,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var folder = new RunFolder(parsed.GetRequiredValue(run));
            TrainingOptions? stored = folder.Options;
            TrainingOptions? given = parsed.GetValue(dataset) is { } root ? Read(parsed, root) : null;
            if (stored is not null && given is not null && !given.SameAs(stored))
            {
                throw new ArgumentException($"{folder.Path} holds a run with another configuration; "
                    + "choose another --run, or give --run alone to go on with that one");
            }
            TrainingOptions options = stored ?? given
                ?? throw new ArgumentException($"{folder.Path} holds no run yet: name the dataset's folder, --train and --val");
            return Task.Run(() =>
            {
                Trainer.Run(folder, options, new ProgressLine().Report, cancellation);
                return 0;
            }, CancellationToken.None);
        });
        return command;

        TrainingOptions Read(ParseResult parsed, string root) => new()
        {
            Recipe = parsed.GetValue(recipe)!,
            Dataset = Path.GetFullPath(root),
            Train = [.. (parsed.GetValue(train) ?? []).Select(ParseList)],
            Validation = [.. (parsed.GetValue(validation) ?? []).Select(Path.GetFullPath)],
            Size = parsed.GetValue(size)!,
            Loss = parsed.GetValue(loss),
            Steps = parsed.GetValue(steps),
            BatchSize = parsed.GetValue(batch),
            CropSize = parsed.GetValue(crop),
            LearningRate = parsed.GetValue(rate) ?? TrainingOptions.DefaultLearningRate(parsed.GetValue(recipe)!),
            WarmUp = parsed.GetValue(warm),
            DensityWeight = parsed.GetValue(density),
            Augmentation = defaults.Augmentation with { MinScale = parsed.GetValue(minScale), MaxScale = parsed.GetValue(maxScale) },
            Seed = parsed.GetValue(seed),
            Threads = parsed.GetValue(threads),
            Precision = parsed.GetValue(precision),
            Validations = parsed.GetValue(validations),
            StartFrom = parsed.GetValue(start) is { } path ? Path.GetFullPath(path) : null,
            Teacher = parsed.GetValue(teacher) is { } answers ? Path.GetFullPath(answers) : null,
            CsrNet = new CsrNetOptions
            {
                FrontWeights = parsed.GetValue(front) is { } weights ? Path.GetFullPath(weights) : null,
                FreezeFront = parsed.GetValue(freeze),
                Kernel = defaults.CsrNet.Kernel with { Sigma = parsed.GetValue(sigma), Beta = parsed.GetValue(beta) },
            },
        };
    }

    private static Option<T> Setting<T>(string name, string description, T value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static WeightedList ParseList(string text)
    {
        int equals = text.LastIndexOf('=');
        if (equals < 0)
            return new WeightedList(Path.GetFullPath(text), 1);
        return double.TryParse(text.AsSpan(equals + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double share)
            ? new WeightedList(Path.GetFullPath(text[..equals]), share)
            : throw new ArgumentException($"--train {text}: the share after '=' is not a number");
    }
}
