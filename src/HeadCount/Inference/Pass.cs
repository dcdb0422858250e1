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
    private readonly bool _keepDensity;
    private readonly int? _densityCell;
    private readonly IReadOnlyList<Look> _looks;
    private readonly SeamSuppression _seams;
    private double _densitySum;
    private DensityMap? _density;

    /// <summary>Prepares to take in the tiles of a picture of a size. With <paramref name="densityCell"/> its density is kept,
    /// in cells of so many pixels; else where the options ask for it, in the network's own. No heads below
    /// <paramref name="lowest"/> will be asked for.</summary>
    internal Pass(string path, int width, int height, CountOptions options, HeadModel model, IReadOnlyList<Look> looks,
        double lowest, int? densityCell)
    {
        _path = path;
        _model = model;
        _densityCell = densityCell;
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

    /// <summary>Tiles that have been through the network.</summary>
    internal int TilesDone { get; private set; }

    /// <summary>Runs tiles through the network and gives their buffer back.</summary>
    internal void Run(TileBatch batch)
    {
        (int width, int height) = (Grid.TileWidth, Grid.TileHeight);
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
                    found[i, look] = Find(maps, i, _looks[look]);
                    // Other looks count no better by their densities.
                    if (look == 0)
                        AddDensity(batch.FirstTile + i, maps, i);
                }
            }
        }
        finally
        {
            batch.Return();
        }
        for (int i = 0; i < batch.Count; i++)
            Add(batch.FirstTile + i, [.. _looks.Select((_, look) => found[i, look])]);
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
        TilesDone++;
    }

    private void AddDensity(int tileIndex, HeadMaps maps, int mapIndex)
    {
        if (!_model.HasDensity)
            return;
        int stride = maps.DensityStride;
        if (_model.CountsByDensity)
            stride *= (LeastStride + stride - 1) / stride;
        if (_keepDensity || _model.CountsByDensity || _densityCell is not null)
            _density ??= new DensityMap(Grid.Width, Grid.Height, _densityCell ?? stride);
        _densitySum += DensityMap.AddCore(
            maps.Density(mapIndex), _densityGain, maps.DensityPitch, maps.DensityStride, Grid[tileIndex], _density);
    }

    /// <summary>What all of its tiles show.</summary>
    /// <exception cref="ModelException">A density that cannot be one.</exception>
    internal PictureView Finish()
    {
        Func<double, IReadOnlyList<HeadPoint>> heads =
            _model.CountsByDensity ? Decoded()
            : _model.Adapter == ModelAdapter.HeatMap ? OfHighest
            : _seams.Join;
        return new PictureView(Grid.Width, Grid.Height, heads, _model.HasDensity ? _densitySum : null, _density);
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
