using HeadCount.Annotations;
using HeadCount.Localization;
using HeadCount.Tiling;

namespace HeadCount.Inference;

/// <summary>One pass over a picture at one size: what its tiles have given so far.</summary>
internal sealed class Pass
{
    /// <summary>Pixels below which heads of two tiles are one, for networks that suppress nothing themselves: the
    /// smallest usual matching radius.</summary>
    private const double ForeignSeamRadius = 4;

    /// <summary>A heat map whose highest value is lower shows nobody.</summary>
    private const double LowestPeak = .1;

    /// <summary>Least pixels of a cell from which density is decoded: finer cells place heads no better and take
    /// memory.</summary>
    private const int LeastStride = 4;

    private readonly string _path;
    private readonly HeadModel _model;
    private readonly double _radius, _lowest, _densityGain;
    private readonly bool _withDensity, _keepDensity;
    private readonly IReadOnlyList<Look> _looks;
    private readonly SeamSuppression _seams;
    private readonly List<Sight> _sights = [];
    private double _densitySum;
    private DensityMap? _density;

    /// <summary>Prepares to take in the tiles of a picture of a size. <paramref name="withDensity"/>: its density is summed, and kept
    /// where the options ask for it. No heads below <paramref name="lowest"/> will be asked for.</summary>
    internal Pass(string path, int width, int height, CountOptions options, HeadModel model, IReadOnlyList<Look> looks,
        double lowest, bool withDensity)
    {
        _path = path;
        _model = model;
        _withDensity = withDensity && model.HasDensity;
        _radius = options.SuppressionRadius ?? model.Card.SuppressionRadius;
        _densityGain = options.DensityGain ?? model.Card.DensityGain;
        _keepDensity = options.KeepDensity;
        // What a share of a heat map's highest value is shows at its end.
        _lowest = model.Adapter == ModelAdapter.HeatMap ? lowest * LowestPeak : lowest;
        _looks = looks;
        int size = Math.Min(options.TileSize, model.LargestTile ?? int.MaxValue);
        int overlap = size == options.TileSize ? options.Overlap : Math.Min(options.Overlap, size / 2);
        Grid = new TileGrid(width, height, size, overlap);
        _seams = new SeamSuppression(Grid, model.Adapter is null ? _radius : Math.Max(_radius, ForeignSeamRadius));
    }

    internal TileGrid Grid { get; }

    /// <summary>How often each tile is looked at.</summary>
    internal int Looks => _looks.Count;

    /// <summary>How many looks at a tile have been taken in.</summary>
    internal int Seen { get; private set; }

    /// <summary>How many there will be.</summary>
    internal int ToSee => Grid.Count * Looks;

    /// <summary>What one look at a batch of tiles has given.</summary>
    internal sealed record Sight(List<HeadPoint>[] Heads, TileDensity[]? Densities);

    /// <summary>The density of a tile: cells, cells from one row to the next, and pixels that a cell is wide.</summary>
    internal sealed record TileDensity(float[] Cells, int Pitch, int Stride);

    /// <summary>Runs tiles through the network; by several threads at once if need be.</summary>
    /// <param name="batch">The tiles.</param>
    /// <param name="look">The look's place among <see cref="Looks"/>.</param>
    /// <param name="together">Whether others run at the same time.</param>
    internal Sight See(TileBatch batch, int look, bool together)
    {
        (int width, int height) = (Grid.TileWidth, Grid.TileHeight);
        Look shown = _looks[look];
        (int Width, int Height) size = shown.SizeOf(width, height);
        Memory<byte> pixels = shown.Show(batch.Pixels, batch.Count, width, height);
        using HeadMaps maps = together
            ? _model.RunTogether(pixels, batch.Count, size.Width, size.Height)
            : _model.Run(pixels, batch.Count, size.Width, size.Height);
        int[] tiles = [.. Enumerable.Range(0, batch.Count)];
        return new Sight(
            Array.ConvertAll(tiles, i => Find(maps, i, shown)),
            // Other looks count no better by their densities.
            look > 0 || !_withDensity ? null
                : Array.ConvertAll(tiles, i => new TileDensity(maps.Density(i).ToArray(), maps.DensityPitch, maps.DensityStride)));
    }

    /// <summary>Takes in what the next look has given, tiles and then looks in their order; after the last one the batch's buffer
    /// is given back.</summary>
    internal void Add(TileBatch batch, Sight sight)
    {
        Seen += batch.Count;
        for (int i = 0; i < sight.Densities?.Length; i++)
            AddDensity(batch.FirstTile + i, sight.Densities[i]);
        _sights.Add(sight);
        if (_sights.Count < Looks)
            return;
        for (int i = 0; i < batch.Count; i++)
            Add(batch.FirstTile + i, [.. _sights.Select(one => one.Heads[i])]);
        _sights.Clear();
        batch.Return();
    }

    // The heads of one look at a tile, in pixels of the tile.
    private List<HeadPoint> Find(HeadMaps maps, int mapIndex, Look look) => _looks.Count == 1
        ? maps.Heads(mapIndex, _lowest, _radius)
        : maps.Heads(mapIndex, Consensus.Unseen, _radius).ConvertAll(head => look.Back(head, Grid.TileWidth, Grid.TileHeight));

    // Takes in the heads of a tile, as each look has found them.
    private void Add(int tileIndex, IReadOnlyList<List<HeadPoint>> found)
    {
        List<HeadPoint> heads = found.Count == 1
            ? found[0]
            : Consensus.Join([.. found.Zip(_looks, (of, look) => ((IReadOnlyList<HeadPoint>)of, look.Weight))], _radius);
        Tile tile = Grid[tileIndex];
        _seams.Add(tileIndex, heads.Where(head => head.Score >= _lowest).Select(head => Place(head, tile)));
    }

    private void AddDensity(int tileIndex, TileDensity density)
    {
        int stride = density.Stride;
        if (_model.CountsByDensity)
            stride *= (LeastStride + stride - 1) / stride;
        if (_keepDensity || _model.CountsByDensity)
            _density ??= new DensityMap(Grid.Width, Grid.Height, stride);
        _densitySum += DensityMap.AddCore(
            density.Cells, _densityGain, density.Pitch, density.Stride, Grid[tileIndex], _density);
    }

    /// <summary>What all of its tiles show.</summary>
    /// <exception cref="ModelException">A density that cannot be one.</exception>
    internal PictureView Finish()
    {
        Func<double, IReadOnlyList<HeadPoint>> heads =
            _model.CountsByDensity ? Decoded()
            : _model.Adapter == ModelAdapter.HeatMap ? OfHighest
            : _seams.Join;
        return new PictureView(Grid.Width, Grid.Height, heads, _withDensity ? _densitySum : null, _density);
    }

    // The same at every threshold.
    private Func<double, IReadOnlyList<HeadPoint>> Decoded()
    {
        _densitySum = _density!.Values.Sum(cell => (double)cell);
        double pixels = (double)Grid.Width * Grid.Height;
        if (!(_densitySum <= pixels / 16 + 16))
        {
            throw new ModelException(FormattableString.Invariant($"{_model.Path}: its density of {_path} sums to ")
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

    /// <summary>The nearest position within a side of the picture.</summary>
    internal static double Inside(double position, int side) =>
        Math.Clamp(position, 0, Math.BitDecrement((double)side));
}
