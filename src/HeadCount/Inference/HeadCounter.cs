using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Dataflow;
using HeadCount.Annotations;
using HeadCount.Imaging;
using HeadCount.Localization;

namespace HeadCount.Inference;

/// <summary>
/// Counts heads: picture → tiles → maps → peaks → heads of the picture, a large one at smaller sizes too. Results depend
/// on the picture, the model, the threshold and the grid alone, not on batches or threads.
/// </summary>
/// <remarks>A second thread decodes ahead of the network, at most a few tiles; memory holds one row of tiles of
/// each size of a picture, never a large picture as a whole.</remarks>
public sealed class HeadCounter
{
    // Enough that the network never waits for a small picture, little enough that large tiles stay small change.
    private const int StepsAhead = 8;

    private readonly HeadModel _model;
    private readonly CountOptions _options;
    private readonly IReadOnlyList<Look> _looks;

    /// <summary>Prepares to count with a model, which stays the caller's to dispose.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">Another quality than <see cref="CountQuality.Fast"/> is asked of a model that does not score
    /// heads itself.</exception>
    public HeadCounter(HeadModel model, CountOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _options = options ?? new CountOptions();
        _options.Validate();
        Quality = _options.Quality ?? (model.TakesQuality ? CountQuality.Balanced : CountQuality.Fast);
        _looks = Look.Of(Quality);
        if (Quality != CountQuality.Fast && !model.TakesQuality)
            throw new ArgumentException($"Quality {Quality} needs a model that scores heads itself.", nameof(options));
        if (_options.SweepFrom is double lowest)
            ArgumentOutOfRangeException.ThrowIfGreaterThan(
                lowest, _options.Threshold ?? model.Card.Threshold, nameof(CountOptions.SweepFrom));
    }

    /// <summary>At how many sizes, and how often, the network sees a picture.</summary>
    public CountQuality Quality { get; }

    /// <summary>Counts a picture file.</summary>
    /// <exception cref="PictureException">The file cannot be read as a picture.</exception>
    /// <exception cref="ModelException">The network fails.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two tiles.</exception>
    public CountResult Count(string path, CancellationToken cancellation = default)
    {
        CountOutcome outcome = CountMany([path], null, cancellation).Single();
        return outcome.Result ?? throw outcome.Error!;
    }

    /// <summary>Counts pixels in memory.</summary>
    /// <exception cref="ModelException">The network fails.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two tiles.</exception>
    public CountResult Count(RgbImage image, CancellationToken cancellation = default)
    {
        using Picture picture = Picture.Wrap(image);
        var job = new Job(this, picture);
        foreach ((Pass pass, TileBatch batch) in job.Read(picture))
        {
            for (int look = 0; look < pass.Looks; look++)
            {
                cancellation.ThrowIfCancellationRequested();
                pass.Add(batch, pass.See(batch, look, together: false));
            }
        }
        return job.Finish();
    }

    /// <summary>Counts many picture files, in their order, several tiles at a time and the next ones decoded meanwhile.
    /// A file that fails gives an outcome with its error and the others go on.</summary>
    /// <param name="paths">The files; taken one by one as the work goes on.</param>
    /// <param name="progress">Told how many pictures are done, a large one in fractions; on the calling thread.</param>
    /// <param name="cancellation">Ends the enumeration between two tiles.</param>
    /// <exception cref="ModelException">The network fails.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the outcomes given before stand.</exception>
    public IEnumerable<CountOutcome> CountMany(
        IEnumerable<string> paths, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Iterate();

        IEnumerable<CountOutcome> Iterate()
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            // Gives what comes out in the order of what went in.
            var network = new TransformBlock<Step, Step>(See, new ExecutionDataflowBlockOptions
            {
                MaxDegreeOfParallelism = _model.AtOnce,
                BoundedCapacity = _model.AtOnce + StepsAhead,
                CancellationToken = stop.Token,
            });
            // On a thread of its own, which takes none from the network.
            Task decoding = Task.Factory.StartNew(() => Decode(paths, network, stop.Token), CancellationToken.None,
                TaskCreationOptions.LongRunning, TaskScheduler.Default);
            int done = 0;
            try
            {
                while (Next(network, cancellation) is Step step)
                {
                    step.Failure?.Throw();
                    if (step.Batch is TileBatch batch)
                    {
                        step.Pass!.Add(batch, step.Sight!);
                        progress?.Report(done + step.Job!.Share);
                        continue;
                    }
                    done++;
                    yield return step.Error is null
                        ? new CountOutcome(step.Path, step.Job!.Finish(), null) { Notes = step.Notes, IsDamaged = step.IsDamaged }
                        : new CountOutcome(step.Path, null, step.Error);
                    progress?.Report(done);
                }
                // What the decoder could not put down to one file.
                decoding.GetAwaiter().GetResult();
            }
            finally
            {
                stop.Cancel();
                // Steps that nobody takes would keep it from its end; after that the model may be disposed of.
                network.LinkTo(DataflowBlock.NullTarget<Step>());
                Task.WaitAny([decoding], CancellationToken.None);
                Task.WaitAny([network.Completion], CancellationToken.None);
            }
        }
    }

    // A look at a batch of a picture, or (without one) the picture's end: finished, or failed with an error.
    private sealed record Step(string Path, Job? Job, Pass? Pass, TileBatch? Batch, int Look, PictureException? Error)
    {
        internal Pass.Sight? Sight { get; init; }

        internal IReadOnlyList<string> Notes { get; init; } = [];

        internal bool IsDamaged { get; init; }

        /// <summary>Why the network has failed.</summary>
        internal ExceptionDispatchInfo? Failure { get; init; }
    }

    // The next step in order, once it is done; null after the last.
    private static Step? Next(IReceivableSourceBlock<Step> network, CancellationToken cancellation)
    {
        Step? step;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            if (!network.OutputAvailableAsync(cancellation).GetAwaiter().GetResult())
            {
                cancellation.ThrowIfCancellationRequested();
                return null;
            }
        }
        while (!network.TryReceive(out step));
        return step;
    }

    private static Step See(Step step)
    {
        if (step.Batch is not TileBatch batch)
            return step;
        try
        {
            return step with { Sight = step.Pass!.See(batch, step.Look, together: true) };
        }
        catch (Exception e)
        {
            // Thrown when its turn comes: what went before stands.
            return step with { Failure = ExceptionDispatchInfo.Capture(e) };
        }
    }

    private void Decode(IEnumerable<string> paths, ITargetBlock<Step> network, CancellationToken stop)
    {
        try
        {
            foreach (string path in paths)
            {
                Job? job = null;
                PictureException? error = null;
                IReadOnlyList<string> notes = [];
                bool isDamaged = false;
                try
                {
                    using Picture picture = Picture.Open(path, _options.MaxPixels);
                    job = new Job(this, picture);
                    foreach ((Pass pass, TileBatch batch) in job.Read(picture))
                        for (int look = 0; look < pass.Looks; look++)
                            Send(new Step(path, job, pass, batch, look, null));
                    (notes, isDamaged) = (picture.Notes, picture.IsDamaged);
                }
                catch (PictureException e)
                {
                    error = e;
                }
                Send(new Step(path, job, null, null, 0, error) { Notes = notes, IsDamaged = isDamaged });
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The consumer has gone.
        }
        finally
        {
            network.Complete();
        }

        void Send(Step step) => network.SendAsync(step, stop).GetAwaiter().GetResult();
    }

    /// <summary>One picture on its way: a pass over each of its sizes, the largest first.</summary>
    private sealed class Job
    {
        private readonly HeadCounter _counter;
        private readonly bool _follow;
        private readonly Pass[] _passes;

        internal Job(HeadCounter counter, Picture picture)
        {
            _counter = counter;
            (CountOptions options, HeadModel model) = (counter._options, counter._model);
            (int width, int height) = (picture.Width, picture.Height);
            _passes = new Pass[model.TakesQuality ? ScaleFusion.Sizes(width, height, counter.Quality == CountQuality.Fast) : 1];
            _follow = options.FollowDensity && model.HasDensity && !model.CountsByDensity;
            double from = options.SweepFrom ?? Threshold, lowest = _follow ? DensityAgreement.Lowest(from) : from;
            if (_passes.Length > 1)
                lowest = Math.Min(lowest, ScaleFusion.LowestCoarse(model.Card));
            for (int i = 0; i < _passes.Length; i++, width = (width + 1) / 2, height = (height + 1) / 2)
                _passes[i] = new Pass(picture.Path, width, height, options, model, counter._looks, lowest, withDensity: i == 0);
        }

        internal double Share => (double)_passes.Sum(pass => pass.Seen) / _passes.Sum(pass => pass.ToSee);

        internal IEnumerable<(Pass Pass, TileBatch Batch)> Read(Picture picture) =>
            TileStream.Read(picture, [.. _passes.Select(pass => pass.Grid)], _counter._options.BatchSize)
                .Select(tiles => (_passes[tiles.Grid], tiles.Batch));

        private double Threshold => _counter._options.Threshold ?? _counter._model.Card.Threshold;

        internal CountResult Finish()
        {
            CountOptions options = _counter._options;
            ModelCard card = _counter._model.Card;
            PictureView view = ScaleFusion.Merge([.. _passes.Select(pass => pass.Finish())], card);
            double own = Own(Threshold);
            return new CountResult(view.Width, view.Height, view.Heads(own), view.DensitySum, options.KeepDensity ? view.Density : null)
            {
                Threshold = own,
                Sweep = options.SweepFrom is double from ? new ThresholdSweep(threshold => view.Heads(Own(threshold)), from) : null,
            };

            double Own(double threshold) => _follow
                ? DensityAgreement.Threshold(view.Heads(DensityAgreement.Lowest(threshold)), threshold, view.DensitySum!.Value, card.DensityWeight)
                : threshold;
        }
    }
}
