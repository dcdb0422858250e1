using HeadCount.Annotations;
using HeadCount.Localization;
using Microsoft.ML.OnnxRuntime;

namespace HeadCount.Inference;

/// <summary>What a network gives for a batch of tiles, in the memory of ONNX Runtime until disposed.</summary>
public sealed class HeadMaps : IDisposable
{
    private readonly IDisposableReadOnlyCollection<OrtValue> _values;
    private readonly OrtValue? _score, _offset, _density, _points, _logits;
    private readonly int _tileWidth, _tileHeight, _stride;
    private readonly int _pitch, _mapHeight;

    /// <param name="values">The outputs.</param>
    /// <param name="roles">What each is: score, offset, density, points or logits.</param>
    /// <param name="path">The model, for messages.</param>
    /// <param name="count">Tiles in the batch.</param>
    /// <param name="tile">Size of a tile.</param>
    /// <param name="stride">The stride that the model states; null to derive it.</param>
    /// <param name="input">Size of the tile as the network saw it, with what was added at its borders.</param>
    internal HeadMaps(IDisposableReadOnlyCollection<OrtValue> values, IReadOnlyList<string> roles, string path, int count,
        (int Width, int Height) tile, int? stride, (int Width, int Height) input)
    {
        _values = values;
        (_tileWidth, _tileHeight) = tile;
        (_score, _offset, _density, _points, _logits) =
            (Value("score"), Value("offset"), Value("density"), Value("points"), Value("logits"));
        try
        {
            if (_points is not null)
            {
                Require(Shape(_points) is [var n, _, 2] && n == count && Shape(_logits!).SequenceEqual(Shape(_points)),
                    "points and logits are not [N, K, 2]");
            }
            if (_score is not null)
            {
                (_mapHeight, _pitch) = Size(_score, 1);
                _stride = stride ?? Derived(_mapHeight, _pitch);
                RequireFit(_mapHeight, _pitch, _stride);
                if (_offset is not null)
                {
                    Require(Size(_offset, 2) == (_mapHeight, _pitch),
                        $"the maps do not fit the tile and the stride of {stride}");
                }
            }
            if (_density is not null)
            {
                (DensityRows, DensityPitch) = Size(_density, 1);
                DensityStride = _score is not null ? _stride * _mapHeight / Math.Max(DensityRows, 1)
                    : stride ?? Derived(DensityRows, DensityPitch);
                RequireFit(DensityRows, DensityPitch, DensityStride);
                if (_score is not null)
                {
                    Require(DensityRows * DensityStride == _mapHeight * _stride
                        && DensityPitch * DensityStride == _pitch * _stride, "score and density do not fit together");
                }
            }
        }
        catch
        {
            values.Dispose();
            throw;
        }

        OrtValue? Value(string role)
        {
            for (int i = 0; i < roles.Count; i++)
                if (roles[i] == role)
                    return values[i];
            return null;
        }

        void Require(bool holds, string problem)
        {
            if (!holds)
                throw new ModelException($"{path}: {problem}; export the model again");
        }

        (int Rows, int Columns) Size(OrtValue value, int channels)
        {
            long[] shape = Shape(value);
            Require(shape is [var n, var c, > 0, > 0] && n == count && c == channels,
                $"an output is [{string.Join(", ", shape)}], not [{count}, {channels}, h, w]");
            return ((int)shape[2], (int)shape[3]);
        }

        int Derived(int rows, int columns)
        {
            Require(input.Width % columns == 0 && input.Height % rows == 0 && input.Width / columns == input.Height / rows,
                $"a map of {columns}×{rows} cells for {input.Width}×{input.Height} pixels has no whole stride");
            return input.Width / columns;
        }

        void RequireFit(int rows, int columns, int cell) =>
            // A stated stride that is too large would leave most of the map out; padding is at most half.
            Require((long)columns * cell >= tile.Width && (long)rows * cell >= tile.Height
                && (stride is null || (columns * cell < 2 * Math.Max(tile.Width, 64) && rows * cell < 2 * Math.Max(tile.Height, 64))),
                $"the maps do not fit the tile and the stride of {cell}");
    }

    /// <summary>Pixels that a cell of the density map is wide and high; 0 when the model has none.</summary>
    public int DensityStride { get; }

    /// <summary>Cells from one row of the density map to the next.</summary>
    public int DensityPitch { get; }

    /// <summary>Rows of the density map, those of padding included.</summary>
    public int DensityRows { get; }

    /// <summary>Score and offset of one tile of the batch; cells outside the tile do not count.</summary>
    /// <exception cref="InvalidOperationException">The model gives no scores.</exception>
    public ScoreMap Score(int index)
    {
        if (_score is null)
            throw new InvalidOperationException("The model gives no scores.");
        int cells = _pitch * _mapHeight;
        ReadOnlySpan<float> offset = _offset is null
            ? []
            : _offset.GetTensorDataAsSpan<float>().Slice(2 * index * cells, 2 * cells);
        return new ScoreMap
        {
            Score = _score.GetTensorDataAsSpan<float>().Slice(index * cells, cells),
            OffsetX = offset.IsEmpty ? [] : offset[..cells],
            OffsetY = offset.IsEmpty ? [] : offset[cells..],
            Pitch = _pitch,
            Columns = (_tileWidth + _stride - 1) / _stride,
            Rows = (_tileHeight + _stride - 1) / _stride,
            Stride = _stride,
        };
    }

    /// <summary>Heads per cell of one tile of the batch, row after row; empty when the model has no density.</summary>
    public ReadOnlySpan<float> Density(int index)
    {
        int cells = DensityPitch * DensityRows;
        return _density is null ? [] : _density.GetTensorDataAsSpan<float>().Slice(index * cells, cells);
    }

    /// <summary>The heads of one tile of the batch in pixels of the tile, the best first; none when the model gives a
    /// density alone.</summary>
    /// <param name="index">The tile.</param>
    /// <param name="threshold">Score from which a head counts.</param>
    /// <param name="suppressionRadius">As for <see cref="PeakFinder.Find"/>.</param>
    internal List<HeadPoint> Heads(int index, double threshold, double suppressionRadius)
    {
        if (_score is not null)
            return PeakFinder.Find(Score(index), threshold, suppressionRadius);
        if (_points is null)
            return [];
        int numbers = 2 * (int)Shape(_points)[1];
        ReadOnlySpan<float> points = _points.GetTensorDataAsSpan<float>().Slice(index * numbers, numbers);
        ReadOnlySpan<float> logits = _logits!.GetTensorDataAsSpan<float>().Slice(index * numbers, numbers);
        var heads = new List<HeadPoint>();
        for (int i = 0; i < numbers; i += 2)
        {
            (float x, float y) = (points[i], points[i + 1]);
            // The softmax of two.
            double score = 1 / (1 + Math.Exp((double)logits[i] - logits[i + 1]));
            if (score >= threshold && x >= 0 && x < _tileWidth && y >= 0 && y < _tileHeight)
                heads.Add(new HeadPoint(x, y, score));
        }
        return PeakFinder.Suppress(heads, suppressionRadius);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => _values.Dispose();

    private static long[] Shape(OrtValue value) => value.GetTensorTypeAndShape().Shape;
}
