using System.CommandLine;
using System.Globalization;
using HeadCount.Training.Data;
using HeadCount.Training.Losses;
using HeadCount.Training.Networks;
using HeadCount.Inference;

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
        var run = new Option<string?>("--run")
        {
            Description = "Folder of the run; one that holds a run goes on with it [default: runs/ and the dataset's name]",
        };
        var train = new Option<string[]>("--train")
        {
            Description = "LIST or LIST=SHARE: pictures to train on (a split file, or a dataset's folder) and their share of the crops",
        };
        var validation = new Option<string[]>("--val") { Description = "LIST: pictures to validate on" };
        var recipe = Setting("--recipe", "What is trained: points (score, offset, density) or csrnet-vgg16 (density)", defaults.Recipe);
        recipe.AcceptOnlyFromAmong([.. TrainingOptions.Recipes]);
        var size = Setting("--size", $"Network size: {string.Join(", ", NetworkSize.All.Select(s => s.Name))}", defaults.Size);
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
        var minScale = new Option<double?>("--min-scale") { Description = "Smallest enlargement of a crop [default: 0.45]" };
        var maxScale = new Option<double?>("--max-scale")
        {
            Description = "Largest enlargement of a crop [default: 2.8, of some crops 6]",
        };
        var positives = new Option<string[]>("--train-positives")
        {
            Description = "LIST or LIST=SHARE: pictures to train on in which only some of the heads are annotated",
        };
        var seed = Setting("--seed", "Seed of weights and crops", defaults.Seed);
        var threads = Setting("--threads", "Threads of the network", defaults.Threads);
        var precision = Setting("--precision", "What convolutions compute in", defaults.Precision);
        var validations = Setting("--validations", "Validations over the run", defaults.Validations);
        var teacher = new Option<string?>("--teacher")
        {
            Description = "points: a model in floats or weights (safetensors) of any size, whose output is taught beside the annotations",
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
            Description = "Model in floats, by name or file, or weights (safetensors) to start from; points: of this size or a smaller one",
        };
        var backbone = new Option<string?>("--backbone")
        {
            Description = "large: ResNet18.onnx of the NuGet package Microsoft.ML.DnnImageFeaturizer.ResNet18, to start the backbone from",
        };
        var progress = new Option<string>("--progress")
        {
            Description = "How progress is told: text, or json for other programs, one object a line on standard error "
                + "and what fine-tuning gave as one object on standard output",
            DefaultValueFactory = _ => "text",
        };
        progress.AcceptOnlyFromAmong("text", "json");
        var stopWithInput = new Option<bool>("--stop-with-input")
        {
            Description = "Stop, with a checkpoint, when standard input ends: for programs that start this one and may themselves end",
        };
        var command = new Command("fit", "Trains a network, or goes on with the run that a folder holds")
        {
            dataset, run, train, positives, validation, recipe, size, loss, steps, batch, crop, rate, warm, density,
            minScale, maxScale, seed, threads, precision, validations, start, backbone, teacher, front, freeze, sigma, beta,
            progress, stopWithInput,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            // Never disposed of: input may end as the program does.
            var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (parsed.GetValue(stopWithInput))
                StandardInput.CancelAtEnd(stop);
            return await RunAsync(parsed, stop.Token);
        });
        return command;

        Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
        {
            bool json = parsed.GetValue(progress) == "json";
            Action<TrainingProgress> report = json ? new ProgressLines().Report : new ProgressLine().Report;
            string? set = parsed.GetValue(dataset);
            var folder = new RunFolder(parsed.GetValue(run) ?? Path.Combine("runs", Path.GetFileName(Path.GetFullPath(set
                ?? throw new ArgumentException("name the dataset's folder, or the run to go on with (--run)")))));
            if (set is not null && parsed.GetValue(start) is { } model && parsed.GetValue(train) is null or [] && parsed.GetValue(positives) is null or [])
                return FineTune(folder, Tuning(parsed, set, model), report, json, cancellation);
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
                Trainer.Run(folder, options, report, cancellation);
                return 0;
            }, CancellationToken.None);
        }

        // Without lists, a model that exists is trained further on the pictures of a folder, with settings for a few of them.
        FineTuningOptions Tuning(ParseResult parsed, string set, string model)
        {
            var options = new FineTuningOptions { Dataset = set, Model = model };
            return options with
            {
                Steps = Given(steps, options.Steps),
                BatchSize = Given(batch, options.BatchSize),
                LearningRate = parsed.GetValue(rate) ?? options.LearningRate,
                Threads = Given(threads, options.Threads),
                Seed = Given(seed, options.Seed),
            };

            int Given(Option<int> option, int otherwise) =>
                parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) : otherwise;
        }

        TrainingOptions Read(ParseResult parsed, string root) => new()
        {
            Recipe = parsed.GetValue(recipe)!,
            Dataset = Path.GetFullPath(root),
            Train =
            [
                .. (parsed.GetValue(train) ?? []).Select(ParseList),
                .. (parsed.GetValue(positives) ?? []).Select(text => ParseList(text) with { PositivesOnly = true }),
            ],
            Validation = [.. (parsed.GetValue(validation) ?? []).Select(Path.GetFullPath)],
            Size = parsed.GetValue(size)!,
            Loss = parsed.GetValue(loss),
            Steps = parsed.GetValue(steps),
            BatchSize = parsed.GetValue(batch),
            CropSize = parsed.GetValue(crop),
            LearningRate = parsed.GetValue(rate) ?? TrainingOptions.DefaultLearningRate(parsed.GetValue(recipe)!),
            WarmUp = parsed.GetValue(warm),
            DensityWeight = parsed.GetValue(density),
            Augmentation = (parsed.GetValue(minScale), parsed.GetValue(maxScale)) is (null, null) ? defaults.Augmentation
                : defaults.Augmentation with { Scales = [new(1, parsed.GetValue(minScale) ?? 0.45, parsed.GetValue(maxScale) ?? 2.8)] },
            Seed = parsed.GetValue(seed),
            Threads = parsed.GetValue(threads),
            Precision = parsed.GetValue(precision),
            Validations = parsed.GetValue(validations),
            StartFrom = parsed.GetValue(start) is { } path ? WeightsPath(path) : null,
            Backbone = parsed.GetValue(backbone) is { } onnx ? Path.GetFullPath(onnx) : null,
            Teacher = parsed.GetValue(teacher) is { } answers ? WeightsPath(answers) : null,
            CsrNet = new CsrNetOptions
            {
                FrontWeights = parsed.GetValue(front) is { } weights ? Path.GetFullPath(weights) : null,
                FreezeFront = parsed.GetValue(freeze),
                Kernel = defaults.CsrNet.Kernel with { Sigma = parsed.GetValue(sigma), Beta = parsed.GetValue(beta) },
            },
        };
    }

    private static Task<int> FineTune(
        RunFolder folder, FineTuningOptions options, Action<TrainingProgress> report, bool json, CancellationToken cancellation) => Task.Run(() =>
    {
        FineTuningResult result = FineTuning.Run(folder, options, report, cancellation);
        if (json)
        {
            ProgressLines.Write(result);
            return 0;
        }
        Console.WriteLine($"{result.Pictures} pictures to learn from, {result.HeldBack} held back");
        Console.WriteLine($"before  {result.Before}");
        Console.WriteLine($"after   {result.After}");
        Console.WriteLine(result.IsBetter
            ? $"{result.Model}: count with it by --model {result.Model}"
            : $"{result.Model}: no better than {options.Model} on the pictures held back; keep {options.Model}, or annotate more pictures");
        return 0;
    }, CancellationToken.None);

    // A file, or the name of a model that comes with the program.
    private static string WeightsPath(string nameOrPath) =>
        File.Exists(nameOrPath) || nameOrPath.Contains('.') ? Path.GetFullPath(nameOrPath) : HeadModel.PathOf(nameOrPath);

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
