using HeadCount.Annotations.Json;

namespace HeadCount.Annotations.LabelStudio;

/// <summary>
/// A brush stroke's mask as Label Studio keeps it: RGBA of the whole picture, packed by runs, bit by bit (the scheme of
/// @thi.ng/rle-pack). Its alpha says where the brush was.
/// </summary>
internal static class BrushMask
{
    /// <summary>The smallest box around what is painted, or null where nothing is.</summary>
    /// <exception cref="AnnotationException">The bytes are no such mask, or one of another size.</exception>
    internal static HeadBox? Bounds(JsonField rle, PictureSize size)
    {
        double[] values = rle.Numbers(1);
        long pixels = (long)size.Width * size.Height;
        long at = 0;
        if (Read(32) != 4 * pixels)
            throw rle.Place.Error($"no mask of {size.Width}×{size.Height} pixels");
        int word = (int)Read(5) + 1;
        int[] lengths = [(int)Read(4) + 1, (int)Read(4) + 1, (int)Read(4) + 1, (int)Read(4) + 1];
        int left = size.Width, top = size.Height, right = -1, bottom = -1;
        for (long i = 0; i < 4 * pixels;)
        {
            bool isRun = Read(1) == 1;
            long end = Math.Min(4 * pixels, i + 1 + Read(lengths[Read(2)]));
            long value = isRun ? Read(word) : 0;
            for (; i < end; i++)
            {
                if (!isRun)
                    value = Read(word);
                if (value == 0 || i % 4 != 3)
                    continue;
                int x = (int)(i / 4 % size.Width), y = (int)(i / 4 / size.Width);
                (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
            }
        }
        return right < 0 ? null : new HeadBox(left, top, right + 1 - left, bottom + 1 - top);

        long Read(int bits)
        {
            long number = 0;
            for (int i = 0; i < bits; i++, at++)
            {
                if (at / 8 >= values.Length)
                    throw rle.Place.Error("the mask is cut off");
                number = number << 1 | ((int)values[at / 8] >> (int)(7 - at % 8)) & 1L;
            }
            return number;
        }
    }
}
