using HeadCount.Localization;
using Microsoft.ML.OnnxRuntime;

namespace HeadCount.Inference;

/// <summary>The maps of a batch of tiles, in the memory of ONNX Runtime until disposed.</summary>
public sealed class HeadMaps : IDisposable
{
    private readonly IDisposableReadOnlyCollection<OrtValue> _values;
    private readonly int _tileWidth, _tileHeight, _stride;
    private readonly int _pitch, _mapHeight;

    internal HeadMaps(
        IDisposableReadOnlyCollection<OrtValue> values, string path, int tileWidth, int tileHeight, int stride)
    {
        _values = values;
        (_tileWidth, _tileHeight, _stride) = (tileWidth, tileHeight, stride);
        (_mapHeight, _pitch) = Size(values[0]);
        (int offsetHeight, int offsetWidth) = Size(values[1]);
        bool fits = _pitch * stride >= tileWidth && _mapHeight * stride >= tileHeight
            && (offsetHeight, offsetWidth) == (_mapHeight, _pitch);
        if (values.Count > 2)
        {
            (DensityRows, DensityPitch) = Size(values[2]);
            DensityStride = stride * _mapHeight / Math.Max(DensityRows, 1);
            fits &= DensityRows * DensityStride == _mapHeight * stride
                && DensityPitch * DensityStride == _pitch * stride;
        }
        if (!fits)
        {
            values.Dispose();
            throw new ModelException(
                $"{path}: the maps do not fit the tile and the stride of {stride}; export the model again");
        }
    }

    /// <summary>Pixels that a cell of the density map is wide and high; 0 when the model has none.</summary>
    public int DensityStride { get; }

    /// <summary>Cells from one row of the density map to the next.</summary>
    public int DensityPitch { get; }

    /// <summary>Rows of the density map, those of padding included.</summary>
    public int DensityRows { get; }

    /// <summary>Score and offset of one tile of the batch; cells outside the tile do not count.</summary>
    public ScoreMap Score(int index)
    {
        int cells = _pitch * _mapHeight;
        ReadOnlySpan<float> offset = _values[1].GetTensorDataAsSpan<float>().Slice(2 * index * cells, 2 * cells);
        return new ScoreMap
        {
            Score = _values[0].GetTensorDataAsSpan<float>().Slice(index * cells, cells),
            OffsetX = offset[..cells],
            OffsetY = offset[cells..],
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
        return cells == 0 ? [] : _values[2].GetTensorDataAsSpan<float>().Slice(index * cells, cells);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => _values.Dispose();

    private static (int Height, int Width) Size(OrtValue value)
    {
        long[] shape = value.GetTensorTypeAndShape().Shape;
        return ((int)shape[2], (int)shape[3]);
    }
}
