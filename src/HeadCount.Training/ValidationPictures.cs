using HeadCount.Annotations;
using HeadCount.Imaging;
using HeadCount.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace HeadCount.Training;

/// <summary>The pictures of the validation lists.</summary>
internal sealed class ValidationPictures
{
    private ValidationPictures((string, TrainingPicture[])[] lists) => Lists = lists;

    internal IReadOnlyList<(string Name, TrainingPicture[] Pictures)> Lists { get; }

    internal static ValidationPictures Load(TrainingOptions options, PictureMemory memory, AnnotationReading? reading = null) => new(
        [.. options.Validation.Select(l => (Path.GetFileNameWithoutExtension(l), TrainingSet.LoadList(options.Dataset, l, memory, reading: reading)))]);

    /// <summary>Up to that many pieces of the pictures, of odd sizes, for checks on real pixels.</summary>
    internal IEnumerable<RgbImage> Tiles(int count)
    {
        TrainingPicture[] pictures = [.. Lists.SelectMany(l => l.Pictures)];
        for (int i = 0; i < Math.Min(count, pictures.Length); i++)
        {
            RgbImage image = pictures[i * pictures.Length / Math.Min(count, pictures.Length)].Pixels();
            int width = Math.Min(image.Width, 200 + 31 * i), height = Math.Min(image.Height, 300 - 13 * i);
            var tile = new RgbImage(width, height);
            for (int row = 0; row < height; row++)
                image.Pixels.AsSpan(row * image.Width * 3, width * 3).CopyTo(tile.Pixels.AsSpan(row * width * 3));
            yield return tile;
        }
    }

    /// <summary>The picture as [1, H, W, 3], its right and lower border mirrored until the sides are multiples of what the network needs.</summary>
    internal static Tensor Padded(RgbImage picture, int multiple)
    {
        Tensor image = tensor(picture.Pixels, [1, picture.Height, picture.Width, 3]);
        long right = Missing(picture.Width), below = Missing(picture.Height);
        if (below > 0)
            image = cat([image, image.narrow(1, picture.Height - 1 - below, below).flip(1)], 1);
        if (right > 0)
            image = cat([image, image.narrow(2, picture.Width - 1 - right, right).flip(2)], 2);
        return image;

        long Missing(int side) => (multiple - side % multiple) % multiple;
    }
}
