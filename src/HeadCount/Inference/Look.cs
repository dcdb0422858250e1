using System.Runtime.InteropServices;
using HeadCount.Annotations;
using HeadCount.Imaging;

namespace HeadCount.Inference;

/// <summary>One way to show a tile to the network.</summary>
/// <param name="Scale">Size of what is shown, 1 being the tile's own.</param>
/// <param name="Mirrored">Whether left and right are swapped.</param>
/// <param name="Weight">Of its scores and positions.</param>
internal sealed record Look(double Scale, bool Mirrored, double Weight)
{
    private static readonly Look
        s_plain = new(1, Mirrored: false, Weight: 1),
        s_mirrored = new(1, Mirrored: true, Weight: 1),
        s_smaller = new(0.7, Mirrored: false, Weight: 0.5),
        s_larger = new(1.4, Mirrored: true, Weight: 1);

    /// <summary>The looks of a quality, the plain one first.</summary>
    internal static IReadOnlyList<Look> Of(CountQuality quality) => quality switch
    {
        CountQuality.Fast or CountQuality.Balanced => [s_plain],
        _ => [s_plain, s_mirrored, s_smaller, s_larger],
    };

    /// <summary>Size of what is shown of a tile.</summary>
    internal (int Width, int Height) SizeOf(int width, int height) =>
        (Math.Max((int)Math.Round(width * Scale), 1), Math.Max((int)Math.Round(height * Scale), 1));

    /// <summary>What is shown of tiles that lie one after the other in memory.</summary>
    internal Memory<byte> Show(Memory<byte> tiles, int count, int width, int height)
    {
        (int Width, int Height) size = SizeOf(width, height);
        if (size == (width, height) && !Mirrored)
            return tiles;
        byte[] shown = new byte[3 * count * size.Width * size.Height];
        for (int i = 0; i < count; i++)
        {
            Memory<byte> tile = tiles.Slice(3 * i * width * height, 3 * width * height);
            Span<byte> into = shown.AsSpan(3 * i * size.Width * size.Height, 3 * size.Width * size.Height);
            if (size == (width, height))
                tile.Span.CopyTo(into);
            else
                PixelResizer.Resize(tile, width, height, size.Width, size.Height).CopyTo(into);
            if (Mirrored)
                Mirror(into, size.Width);
        }
        return shown;
    }

    /// <summary>A head of what was shown in pixels of the tile.</summary>
    internal HeadPoint Back(HeadPoint head, int width, int height)
    {
        (int Width, int Height) size = SizeOf(width, height);
        return head with
        {
            X = (Mirrored ? size.Width - head.X : head.X) * width / size.Width,
            Y = head.Y * height / size.Height,
        };
    }

    private static void Mirror(Span<byte> pixels, int width)
    {
        Span<Rgb> row = MemoryMarshal.Cast<byte, Rgb>(pixels);
        for (; !row.IsEmpty; row = row[width..])
            row[..width].Reverse();
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private readonly record struct Rgb(byte R, byte G, byte B);
}
