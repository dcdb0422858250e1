using System.Diagnostics;
using System.Text.Json.Nodes;
using HeadCount.Annotations;
using HeadCount.Training.Data;
using HeadCount.Training.Losses;
using HeadCount.Training.Networks;
using HeadCount.IO;
using HeadCount.Training.Recipes;
using HeadCount.Training.Storage;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HeadCount.Training;

/// <summary>What a run is doing, for the person who watches it.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps of the whole run.</param>
/// <param name="Loss">Smoothed loss: of the score map, or of the density where there is none.</param>
/// <param name="CropsPerSecond">Speed of this session.</param>
/// <param name="Remaining">Time left at this speed.</param>
/// <param name="Message">A line worth keeping, or null.</param>
public readonly record struct TrainingProgress(
    int Step, int Steps, double Loss, double CropsPerSecond, TimeSpan Remaining, string? Message);

/// <summary>Trains the network of a recipe and keeps everything in a <see cref="RunFolder"/>.</summary>
public sealed class Trainer
{
    private const int LogEvery = 50;

    /// <summary>Crops that the statistics of a model file's normalisations are taken from.</summary>
    private const int StartCrops = 48;

    private static readonly TimeSpan CheckpointEvery = TimeSpan.FromMinutes(3);

    private readonly RunFolder _folder;
    private readonly TrainingOptions _options;
    private readonly Action<TrainingProgress> _progress;

    private Trainer(RunFolder folder, TrainingOptions options, Action<TrainingProgress> progress)
    {
        _folder = folder;
        _options = options;
        _progress = progress;
    }

    /// <summary>Runs to the end, from the folder's checkpoint where there is one.</summary>
    /// <param name="folder">Where the run is kept; its configuration must already be <paramref name="options"/> if it has one.</param>
    /// <param name="options">The configuration.</param>
    /// <param name="progress">Called often, on this thread.</param>
    /// <param name="cancellation">Stops after the step in hand, with a checkpoint.</param>
    /// <exception cref="OperationCanceledException">Stopped early.</exception>
    /// <exception cref="InvalidDataException">The loss is not finite any more, or a weights file does not fit.</exception>
    public static void Run(RunFolder folder, TrainingOptions options, Action<TrainingProgress> progress, CancellationToken cancellation)
    {
        options.Validate();
        new Trainer(folder, options, progress).Run(cancellation);
    }

    private void Run(CancellationToken cancellation)
    {
        set_num_threads(_options.Threads);
        random.manual_seed(_options.Seed);
        var memory = PictureMemory.Half();
        var reading = new AnnotationReading();
        var set = TrainingSet.Load(_options, memory, reading);
        Say(0, $"{set.Pictures:N0} pictures, {set.Heads:N0} heads to train on");
        if (set.OnDisk > 0)
        {
            Say(0, $"{set.OnDisk:N0} of the pictures do not fit in half of the memory and are decoded whenever they are needed; "
                + "if that is slow, cut them up with 'headcount slice' first");
        }
        var pictures = ValidationPictures.Load(_options, memory, reading);
        foreach (ReadingNote note in reading.Notes)
            Say(0, $"note: {note}");
        using IRecipe recipe = IRecipe.Of(_options);
        INetwork network = recipe.Network, average = recipe.Average;
        if (_folder.LatestCheckpoint is null)
        {
            recipe.Start(() => Images(set.Batch(0, StartCrops)), message => Say(0, message));
            average.Load(network.State.ToDictionary());
        }
        // Only now: a call that names wrong lists or weights leaves no run behind.
        _folder.Create(_options);

        using var optimizer = Optimizer(network);
        var state = new RunState();
        if (_folder.LatestCheckpoint is { } checkpoint)
        {
            state = LoadCheckpoint(checkpoint, network, average, optimizer);
            Say(state.Step, $"going on from step {state.Step:N0}");
        }
        _folder.RewindLog(state.Step);
        // What a run starts from is a result too: a fine-tuned network may turn out no better.
        if (state.Step == 0 && _options.StartFrom is not null)
            Validate();

        using var loader = new BatchLoader(set, recipe, state.Step, _options.Steps);
        var clock = Stopwatch.StartNew();
        double before = state.Seconds, trained = 0;
        int start = state.Step;
        TimeSpan saved = clock.Elapsed;
        while (state.Step < _options.Steps)
        {
            if (cancellation.IsCancellationRequested)
            {
                SaveCheckpoint(state, network, average, optimizer);
                throw new OperationCanceledException(cancellation);
            }
            TimeSpan begun = clock.Elapsed;
            LossParts parts = Step(state.Step, loader.Next(), network, optimizer);
            state.Step++;
            UpdateAverage(average, network, state.Step);
            state.Smooth(parts);
            trained += (clock.Elapsed - begun).TotalSeconds;
            state.Seconds = before + clock.Elapsed.TotalSeconds;
            if (!parts.IsFinite)
                throw new InvalidDataException($"the loss is no number any more at step {state.Step}; try a lower --lr");
            if (state.Step <= 100 || state.Step % LogEvery == 0)
                _folder.AppendLog(state.LogEntry(LearningRate(state.Step - 1)));
            double speed = (state.Step - start) * _options.BatchSize / trained;
            _progress(new TrainingProgress(state.Step, _options.Steps, state.Score ?? state.Density, speed,
                TimeSpan.FromSeconds((_options.Steps - state.Step) * _options.BatchSize / speed), null));

            bool validate = IsValidationStep(state.Step);
            if (validate)
                Validate();
            if (validate || clock.Elapsed - saved > CheckpointEvery)
            {
                SaveCheckpoint(state, network, average, optimizer);
                saved = clock.Elapsed;
            }
        }
        Say(state.Step, $"done in {TimeSpan.FromSeconds(state.Seconds):h\\:mm\\:ss}; best weights in {_folder.BestWeights}");

        void Validate()
        {
            IValidationResult result = recipe.Validate(pictures, _options.ScalarType);
            JsonObject entry = result.ToJson();
            entry["step"] = state.Step;
            _folder.AppendLog(entry);
            Say(state.Step, result.ToString()!);
            if (state.Best is not { } best || result.Quality > best)
            {
                state.Best = result.Quality;
                Safetensors.Save(_folder.BestWeights, average.State);
                WholeFile.WriteText(_folder.BestValidation, entry.ToJsonString());
            }
            Curves.Draw(_folder);
        }

        void Say(int step, string message) => _progress(new TrainingProgress(step, _options.Steps, double.NaN, double.NaN, default, message));
    }

    private bool IsValidationStep(int step) =>
        (long)step * _options.Validations / _options.Steps > (long)(step - 1) * _options.Validations / _options.Steps;

    private LossParts Step(int step, Batch batch, INetwork network, AdamW optimizer)
    {
        using var scope = NewDisposeScope();
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = LearningRate(step);
        Tensor images = Images(batch.Crops);
        optimizer.zero_grad();
        (Tensor total, LossParts parts) = batch.Loss(images);
        total.backward();
        nn.utils.clip_grad_norm_(network.Parameters.Values, _options.GradientClip);
        optimizer.step();
        return parts;
    }

    private static Tensor Images(Crop[] crops)
    {
        int size = crops[0].Size, pixels = crops[0].Pixels.Length;
        var interleaved = new byte[crops.Length * pixels];
        for (int i = 0; i < crops.Length; i++)
            crops[i].Pixels.CopyTo(interleaved, i * pixels);
        return tensor(interleaved, [crops.Length, size, size, 3]);
    }

    /// <summary>Linear warm-up, then a cosine down to one hundredth.</summary>
    private double LearningRate(int step)
    {
        double warm = Math.Min(1, (step + 1.0) / Math.Max(_options.WarmUp, 1));
        double cosine = 0.5 + 0.5 * Math.Cos(Math.PI * step / _options.Steps);
        return _options.LearningRate * warm * (0.01 + 0.99 * cosine);
    }

    private AdamW Optimizer(INetwork network)
    {
        // Scales, shifts and biases are not decayed: zero is no better a place for them than any other.
        var groups = network.Parameters.GroupBy(p => p.Key.EndsWith(".weight", StringComparison.Ordinal), p => p.Value)
            .OrderBy(g => g.Key)
            .Select(g => new AdamW.ParamGroup(g, _options.LearningRate, weight_decay: g.Key ? _options.WeightDecay : 0));
        return optim.AdamW(groups, _options.LearningRate);
    }

    /// <summary>Exponential moving average of the weights; follows quickly at the start.</summary>
    private void UpdateAverage(INetwork average, INetwork network, int step)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        double keep = Math.Min(_options.Average, step / (step + 20.0));
        var fresh = network.State.ToDictionary();
        foreach ((string name, Tensor tensor) in average.State)
            tensor.lerp_(fresh[name], 1 - keep);
    }

    private void SaveCheckpoint(RunState state, INetwork network, INetwork average, AdamW optimizer) =>
        _folder.SaveCheckpoint(folder =>
        {
            Safetensors.Save(Path.Combine(folder, "network.safetensors"), network.State);
            Safetensors.Save(Path.Combine(folder, "average.safetensors"), average.State);
            optimizer.save_state_dict(Path.Combine(folder, "optimizer.bin"));
            File.WriteAllText(Path.Combine(folder, "state.json"), state.ToJson());
        });

    private static RunState LoadCheckpoint(string folder, INetwork network, INetwork average, AdamW optimizer)
    {
        WeightsFile.Load(Path.Combine(folder, "network.safetensors"), network.Load);
        WeightsFile.Load(Path.Combine(folder, "average.safetensors"), average.Load);
        optimizer.load_state_dict(Path.Combine(folder, "optimizer.bin"));
        return RunState.FromJson(File.ReadAllText(Path.Combine(folder, "state.json")));
    }
}
