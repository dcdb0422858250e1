namespace HeadCount.Inference;

/// <summary>The picture's input of another program's network: float [N, 3, H, W].</summary>
/// <param name="width">Its fixed width; below 1 for any.</param>
/// <param name="height">Its fixed height; below 1 for any.</param>
internal sealed class ForeignInput(int width, int height)
{
    /// <summary>Networks halve their input up to five times; a side that does not divide evenly would lose its last
    /// pixels, or stop networks that join maps of several strides.</summary>
    private const int Multiple = 32;

    // Means and standard deviations of ImageNet's pixels in 0..1, red, green and blue.
    private static readonly float[] Means = [.485f, .456f, .406f], Deviations = [.229f, .224f, .225f];

    internal int? LargestTile => (width, height) switch
    {
        ( > 0, > 0) => Math.Min(width, height),
        ( > 0, _) => width,
        (_, > 0) => height,
        _ => null,
    };

    /// <summary>The size in which a tile is shown to the network.</summary>
    internal (int Width, int Height) SizeFor(string path, int tileWidth, int tileHeight)
    {
        (int Width, int Height) size = (Side(width, tileWidth), Side(height, tileHeight));
        return size.Width >= tileWidth && size.Height >= tileHeight ? size : throw new ModelException(
            $"{path}: takes {width}×{height} pixels, not a tile of {tileWidth}×{tileHeight}; use smaller tiles");

        static int Side(int given, int tile) => given > 0 ? given : (tile + Multiple - 1) / Multiple * Multiple;
    }

    /// <summary>Tiles as normalised planes, mirrored at the lower and right border.</summary>
    internal static float[] Planes(ReadOnlySpan<byte> tiles, int count, int width, int height, (int Width, int Height) size)
    {
        float[][] values = [.. Enumerable.Range(0, 3).Select(channel =>
            Enumerable.Range(0, 256).Select(v => (v / 255f - Means[channel]) / Deviations[channel]).ToArray())];
        int[] columns = [.. Enumerable.Range(0, size.Width).Select(x => 3 * Mirrored(x, width))];
        var planes = new float[3 * count * size.Width * size.Height];
        int to = 0;
        for (int i = 0; i < count; i++)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                for (int y = 0; y < size.Height; y++)
                {
                    ReadOnlySpan<byte> row = tiles.Slice(3 * width * (i * height + Mirrored(y, height)), 3 * width);
                    foreach (int column in columns)
                        planes[to++] = values[channel][row[column + channel]];
                }
            }
        }
        return planes;
    }

    // The border itself is not repeated; a picture much smaller than the input is mirrored more than once.
    private static int Mirrored(int position, int length)
    {
        if (length == 1)
            return 0;
        int period = 2 * (length - 1), within = position % period;
        return within < length ? within : period - within;
    }
}
