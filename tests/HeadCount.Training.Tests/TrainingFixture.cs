using HeadCount.Imaging;
using HeadCount.Training.Data;
using HeadCount.Training.Losses;
using HeadCount.Training.Networks;
using HeadCount.Training.Torch;
using TorchSharp;
using Xunit;

[assembly: AssemblyFixture(typeof(HeadCount.Training.Tests.TorchFixture))]
// torch has one random generator.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace HeadCount.Training.Tests;

/// <summary>Loads libtorch once, on one thread, so that results do not depend on the machine.</summary>
public sealed class TorchFixture
{
    public TorchFixture()
    {
        TorchLibrary.Prepare();
        torch.set_num_threads(1);
    }
}

/// <summary>Small rendered pictures: dark discs on a noisy ground, one head each.</summary>
internal static class Discs
{
    internal static readonly NetworkSize Tiny = new("small", 8, [8, 8, 8, 8], [1, 1, 1, 1], 8);

    internal static readonly NetworkSize TinyResNet = new("large", 8, [8, 8, 16, 8], [2, 1, 1, 1], 8) { ResNet = true, Head = [8, 12] };

    internal static (RgbImage Image, List<(float X, float Y)> Heads) Render(int seed, int size, int count)
    {
        var random = new Random(seed);
        var image = new RgbImage(size, size);
        for (int i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] = (byte)random.Next(150, 220);
        var heads = new List<(float X, float Y)>();
        for (int i = 0; i < count; i++)
        {
            float x = random.NextSingle() * (size - 20) + 10, y = random.NextSingle() * (size - 20) + 10;
            heads.Add((x, y));
            for (int row = (int)y - 5; row <= (int)y + 5; row++)
            {
                for (int column = (int)x - 5; column <= (int)x + 5; column++)
                {
                    if ((column + .5 - x) * (column + .5 - x) + (row + .5 - y) * (row + .5 - y) < 20)
                        image.Pixels.AsSpan(3 * (row * size + column), 3).Fill(30);
                }
            }
        }
        return (image, heads);
    }

    /// <summary>A dataset folder with some pictures, and its list.</summary>
    internal static TrainingOptions Dataset(string folder, int steps)
    {
        var rows = new List<string> { "image,x,y" };
        var names = new List<string>();
        for (int i = 0; i < 3; i++)
        {
            (RgbImage image, var heads) = Render(i, 128, 4 + i);
            string name = $"disc{i}.png";
            names.Add(name);
            PictureWriter.Save(image, Path.Combine(folder, name));
            rows.AddRange(heads.Select(h => FormattableString.Invariant($"{name},{h.X},{h.Y}")));
        }
        File.WriteAllLines(Path.Combine(folder, "annotations.csv"), rows);
        string list = Path.Combine(folder, "list.txt");
        File.WriteAllLines(list, names);
        return new TrainingOptions
        {
            Dataset = folder,
            Train = [new WeightedList(list, 1)],
            Validation = [list],
            Steps = steps,
            BatchSize = 2,
            CropSize = 64,
            WarmUp = 5,
            Validations = 2,
            Loss = ScoreLossKind.P2R,
        };
    }
}
