using System.Numerics;
using HeadCount.Imaging;
using NetVips;

namespace HeadCount.Checking;

/// <summary>
/// A fingerprint of what a picture looks like (difference hash): the picture in grey at 9×9 pixels, one bit for each
/// step to the right and one for each step down, set where it gets brighter. Copies in another size, format or quality
/// differ in few bits; other pictures in about half of them.
/// </summary>
/// <param name="Bits">The 128 bits.</param>
public readonly record struct PerceptualHash(UInt128 Bits)
{
    private const int Side = 9;

    /// <summary>
    /// Pictures with at most so many different bits are taken for copies of one another. Among 743 photographs of crowds
    /// from three datasets all pairs within it, at 0 to 14 bits, are the same photograph in another size, cut or colour;
    /// from 26 bits on they are different ones, of the same place moments later at first, of nothing in common from 32
    /// on. At two thirds of the size and JPEG quality 40, 291 of 294 photographs stay within it.
    /// </summary>
    public const int NearDistance = 20;

    /// <summary>The fingerprint of a picture file, after its EXIF turn.</summary>
    /// <exception cref="PictureException">The file cannot be read as a picture.</exception>
    public static PerceptualHash Of(string path)
    {
        // Checks the file as for counting, in particular its size.
        using (Picture.Open(path))
        {
        }
        try
        {
            using Source source = Source.NewFromFile(path);
            using Image small = Image.ThumbnailSource(source, Side, height: Side, size: Enums.Size.Force);
            using Image grey = small.Colourspace(Enums.Interpretation.Bw);
            using Image first = grey.ExtractBand(0);
            using Image bytes = first.Cast(Enums.BandFormat.Uchar);
            return Of(bytes.WriteToMemory<byte>());
        }
        catch (VipsException e)
        {
            throw new PictureException($"{path}: damaged picture ({Vips.Reason(e)}); get a whole copy of it", e);
        }
    }

    private static PerceptualHash Of(ReadOnlySpan<byte> grey)
    {
        UInt128 bits = 0;
        for (int y = 0; y < Side - 1; y++)
            for (int x = 0; x < Side - 1; x++)
            {
                int at = y * Side + x;
                bits = bits << 2
                    | (UInt128)(grey[at + 1] > grey[at] ? 1 : 0) << 1
                    | (UInt128)(grey[at + Side] > grey[at] ? 1 : 0);
            }
        return new PerceptualHash(bits);
    }

    /// <summary>Number of different bits, 0..128.</summary>
    public int Distance(PerceptualHash other) => (int)UInt128.PopCount(Bits ^ other.Bits);
}
