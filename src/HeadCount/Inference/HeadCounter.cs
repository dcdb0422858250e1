using System.Collections.Concurrent;
using HeadCount.Annotations;
using HeadCount.Imaging;
using HeadCount.Localization;
using HeadCount.Tiling;

namespace HeadCount.Inference;

/// <summary>
/// Counts heads: picture → tiles → maps → peaks → heads of the picture. Results depend on the picture, the model, the
/// threshold and the grid alone, not on batches or threads.
/// </summary>
/// <remarks>A second thread decodes ahead of the network, at most a few tiles; memory holds one row of tiles of a
/// picture, never a large picture as a whole.</remarks>
public sealed class HeadCounter
{
    // Enough that the network never waits for a small picture, little enough that large tiles stay small change.
    private const int BatchesAhead = 4;

    private readonly HeadModel _model;
    private readonly CountOptions _options;
    private readonly IReadOnlyList<Look> _looks;

    /// <summary>Prepares to count with a model, which stays the caller's to dispose.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">More than one look is asked of a model that does not score heads
    /// itself.</exception>
    public HeadCounter(HeadModel model, CountOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _options = options ?? new CountOptions();
        _options.Validate();
        Quality = _options.Quality ?? (model.TakesQuality ? CountQuality.Balanced : CountQuality.Fast);
        _looks = Look.Of(Quality);
        if (_looks.Count > 1 && !model.TakesQuality)
            throw new ArgumentException($"Quality {Quality} needs a model that scores heads itself.", nameof(options));
        if (_options.SweepFrom is double lowest)
            ArgumentOutOfRangeException.ThrowIfGreaterThan(
                lowest, _options.Threshold ?? model.Card.Threshold, nameof(CountOptions.SweepFrom));
    }

    /// <summary>How often the network looks at a picture.</summary>
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
        var job = new Job(picture.Path, picture.Width, picture.Height, _options, _model, _looks);
        foreach (TileBatch batch in TileStream.Read(picture, job.Grid, _options.BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            Run(job, batch);
        }
        return job.Finish();
    }

    /// <summary>Counts many picture files, in their order; one is decoded while another runs through the network.
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
            using var queue = new BlockingCollection<Work>(BatchesAhead);
            Task decoding = Task.Run(() => Decode(paths, queue, stop.Token), CancellationToken.None);
            int done = 0;
            try
            {
                foreach (Work work in queue.GetConsumingEnumerable(cancellation))
                {
                    if (work.Batch is TileBatch batch)
                    {
                        cancellation.ThrowIfCancellationRequested();
                        Run(work.Job!, batch);
                        progress?.Report(done + work.Job!.Share);
                        continue;
                    }
                    done++;
                    yield return work.Error is null
                        ? new CountOutcome(work.Path, work.Job!.Finish(), null)
                        : new CountOutcome(work.Path, null, work.Error);
                    progress?.Report(done);
                }
                // What the decoder could not put down to one file.
                decoding.GetAwaiter().GetResult();
            }
            finally
            {
                stop.Cancel();
                Task.WaitAny([decoding], CancellationToken.None);
            }
        }
    }

    // A batch of a picture, or (without one) its end: finished, or failed with an error.
    private sealed record Work(string Path, Job? Job, TileBatch? Batch, PictureException? Error);

    private void Decode(IEnumerable<string> paths, BlockingCollection<Work> queue, CancellationToken stop)
    {
        try
        {
            foreach (string path in paths)
            {
                Job? job = null;
                PictureException? error = null;
                try
                {
                    using Picture picture = Picture.Open(path, _options.MaxPixels);
                    job = new Job(path, picture.Width, picture.Height, _options, _model, _looks);
                    foreach (TileBatch batch in TileStream.Read(picture, job.Grid, _options.BatchSize))
                        queue.Add(new Work(path, job, batch, null), stop);
                }
                catch (PictureException e)
                {
                    error = e;
                }
                queue.Add(new Work(path, job, null, error), stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The consumer has gone.
        }
        finally
        {
            queue.CompleteAdding();
        }
    }

    private void Run(Job job, TileBatch batch)
    {
        (int width, int height) = (job.Grid.TileWidth, job.Grid.TileHeight);
        var found = new List<HeadPoint>[batch.Count, _looks.Count];
        try
        {
            for (int look = 0; look < _looks.Count; look++)
            {
                (int Width, int Height) size = _looks[look].SizeOf(width, height);
                Memory<byte> pixels = _looks[look].Show(batch.Pixels, batch.Count, width, height);
                using HeadMaps maps = _model.Run(pixels, batch.Count, size.Width, size.Height);
                for (int i = 0; i < batch.Count; i++)
                {
                    found[i, look] = job.Find(maps, i, _looks[look]);
                    // Other looks count no better by their densities.
                    if (look == 0)
                        job.AddDensity(batch.FirstTile + i, maps, i);
                }
            }
        }
        finally
        {
            batch.Return();
        }
        for (int i = 0; i < batch.Count; i++)
            job.Add(batch.FirstTile + i, [.. _looks.Select((_, look) => found[i, look])]);
    }

    /// <summary>One picture on its way: what its tiles have given so far.</summary>
    private sealed class Job
    {
        /// <summary>Pixels below which heads of two tiles are one, for networks that suppress nothing themselves: the
        /// smallest usual matching radius.</summary>
        private const double ForeignSeamRadius = 4;

        /// <summary>A heat map whose highest value is lower shows nobody.</summary>
        private const double LowestPeak = .1;

        /// <summary>Least pixels of a cell from which density is decoded: finer cells place heads no better and take
        /// memory.</summary>
        private const int LeastStride = 4;

        private readonly HeadModel _model;
        private readonly double _threshold, _radius, _lowest, _densityGain;
        private readonly double? _sweepFrom;
        private readonly bool _keepDensity, _followDensity;
        private readonly IReadOnlyList<Look> _looks;
        private readonly SeamSuppression _seams;
        private double _densitySum;
        private DensityMap? _density;
        private int _tilesDone;

        internal Job(string path, int width, int height, CountOptions options, HeadModel model, IReadOnlyList<Look> looks)
        {
            _model = model;
            _threshold = options.Threshold ?? model.Card.Threshold;
            _sweepFrom = options.SweepFrom;
            _radius = options.SuppressionRadius ?? model.Card.SuppressionRadius;
            _densityGain = options.DensityGain ?? model.Card.DensityGain;
            _keepDensity = options.KeepDensity;
            _followDensity = model.HasDensity && !model.CountsByDensity && options.FollowDensity;
            double from = _sweepFrom ?? _threshold;
            // What a share of a heat map's highest value is shows at its end.
            _lowest = model.Adapter == ModelAdapter.HeatMap ? from * LowestPeak
                : _followDensity ? DensityAgreement.Lowest(from)
                : from;
            _looks = looks;
            Path = path;
            int size = Math.Min(options.TileSize, model.LargestTile ?? int.MaxValue);
            int overlap = size == options.TileSize ? options.Overlap : Math.Min(options.Overlap, size / 2);
            Grid = new TileGrid(width, height, size, overlap);
            _seams = new SeamSuppression(Grid, model.Adapter is null ? _radius : Math.Max(_radius, ForeignSeamRadius));
        }

        internal string Path { get; }

        internal TileGrid Grid { get; }

        internal double Share => (double)_tilesDone / Grid.Count;

        /// <summary>The heads of one look at a tile, in pixels of the tile.</summary>
        internal List<HeadPoint> Find(HeadMaps maps, int mapIndex, Look look) => _looks.Count == 1
            ? maps.Heads(mapIndex, _lowest, _radius)
            : maps.Heads(mapIndex, Consensus.Unseen, _radius).ConvertAll(head => look.Back(head, Grid.TileWidth, Grid.TileHeight));

        /// <summary>Takes in the heads of a tile, as each look has found them.</summary>
        internal void Add(int tileIndex, IReadOnlyList<List<HeadPoint>> found)
        {
            List<HeadPoint> heads = found.Count == 1
                ? found[0]
                : Consensus.Join([.. found.Zip(_looks, (of, look) => ((IReadOnlyList<HeadPoint>)of, look.Weight))], _radius);
            Tile tile = Grid[tileIndex];
            _seams.Add(tileIndex, heads.Where(head => head.Score >= _lowest).Select(head => Place(head, tile)));
            _tilesDone++;
        }

        internal void AddDensity(int tileIndex, HeadMaps maps, int mapIndex)
        {
            if (!_model.HasDensity)
                return;
            int stride = maps.DensityStride;
            if (_model.CountsByDensity)
                stride *= (LeastStride + stride - 1) / stride;
            if (_keepDensity || _model.CountsByDensity)
                _density ??= new DensityMap(Grid.Width, Grid.Height, stride);
            _densitySum += DensityMap.AddCore(
                maps.Density(mapIndex), _densityGain, maps.DensityPitch, maps.DensityStride, Grid[tileIndex], _density);
        }

        internal CountResult Finish()
        {
            Func<double, IReadOnlyList<HeadPoint>> heads =
                _model.CountsByDensity ? Decoded()
                : _model.Adapter == ModelAdapter.HeatMap ? OfHighest
                : _followDensity ? Following
                : _seams.Join;
            return new CountResult(Grid.Width, Grid.Height, heads(_threshold), _model.HasDensity ? _densitySum : null,
                _keepDensity ? _density : null)
            {
                Sweep = _sweepFrom is double from ? new ThresholdSweep(heads, from) : null,
            };
        }

        // The same at every threshold.
        private Func<double, IReadOnlyList<HeadPoint>> Decoded()
        {
            _densitySum = _density!.Values.Sum(cell => (double)cell);
            double pixels = (double)Grid.Width * Grid.Height;
            if (!(_densitySum <= pixels / 16 + 16))
            {
                throw new ModelException(FormattableString.Invariant($"{_model.Path}: its density of {Path} sums to ")
                    + FormattableString.Invariant($"{_densitySum:g3} heads in {Grid.Width}×{Grid.Height} pixels, which ")
                    + "cannot be; a density is heads per cell, and other maps need another adapter");
            }
            List<HeadPoint> heads = DensityDecoder.Decode(_density.Values, _density.Width, _density.Stride);
            IReadOnlyList<HeadPoint> inside = [.. heads.Select(head => head with
            {
                X = Inside(head.X, Grid.Width),
                Y = Inside(head.Y, Grid.Height),
            })];
            return _ => inside;
        }

        private List<HeadPoint> Following(double threshold) => _seams.Join(
            DensityAgreement.Threshold(_seams.Join(DensityAgreement.Lowest(threshold)), threshold, _densitySum));

        private IReadOnlyList<HeadPoint> OfHighest(double share)
        {
            double highest = _seams.Join().Select(head => head.Score).DefaultIfEmpty().Max();
            return highest < LowestPeak
                ? []
                : [.. _seams.Join(share * highest).Select(head => head with { Score = head.Score / highest })];
        }

        // An offset may point a little out of the picture; the head is in it all the same.
        private HeadPoint Place(HeadPoint head, Tile tile) => head with
        {
            X = Inside(head.X + tile.Bounds.X, Grid.Width),
            Y = Inside(head.Y + tile.Bounds.Y, Grid.Height),
        };

        private static double Inside(double position, int side) =>
            Math.Clamp(position, 0, Math.BitDecrement((double)side));
    }
}
