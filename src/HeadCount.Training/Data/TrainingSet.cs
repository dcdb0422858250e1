using HeadCount.Annotations;

namespace HeadCount.Training.Data;

/// <summary>A list of pictures to train on and the share of the crops that it gives.</summary>
/// <param name="List">Split file.</param>
/// <param name="Share">Relative share, above 0.</param>
public sealed record WeightedList(string List, double Share);

/// <summary>Pictures by list; draws the crops of every batch.</summary>
internal sealed class TrainingSet
{
    private readonly TrainingPicture[][] _lists;
    private readonly double[] _cumulative;
    private readonly TrainingOptions _options;

    private TrainingSet(TrainingPicture[][] lists, TrainingOptions options)
    {
        _lists = lists;
        _options = options;
        double total = options.Train.Sum(l => l.Share), sum = 0;
        _cumulative = [.. options.Train.Select(l => (sum += l.Share) / total)];
    }

    internal int Pictures => _lists.Sum(l => l.Length);

    internal int Heads => _lists.Sum(l => l.Sum(p => p.Count));

    /// <summary>Pictures that are decoded whenever a crop is cut from them.</summary>
    internal int OnDisk => _lists.Sum(l => l.Count(p => !p.IsDecoded));

    internal static TrainingSet Load(TrainingOptions options, PictureMemory memory, AnnotationReading? reading = null) =>
        new([.. options.Train.Select(l => LoadList(options.Dataset, l.List, memory, reading: reading))], options);

    /// <summary>Reads a list's pictures, or some of them that are spread evenly over it.</summary>
    internal static TrainingPicture[] LoadList(string dataset, string list, PictureMemory memory, int most = int.MaxValue,
        AnnotationReading? reading = null)
    {
        IReadOnlyList<AnnotatedImage> images = Dataset.Load(dataset, list, reading: reading).Images;
        int count = Math.Min(most, images.Count);
        return [.. Enumerable.Range(0, count).Select(i => images[(int)((long)i * images.Count / count)]).AsParallel().AsOrdered()
            .Select(i => TrainingPicture.Read(i, memory))];
    }

    /// <summary>The batch of that number: always the same one for the same options.</summary>
    internal Crop[] Batch(int number)
    {
        var batch = new Crop[_options.BatchSize];
        for (int i = 0; i < batch.Length; i++)
        {
            var random = new Random(HashOf(_options.Seed, number, i));
            double draw = random.NextDouble();
            TrainingPicture[] list = _lists[Math.Min(Array.FindIndex(_cumulative, c => draw < c), _lists.Length - 1)];
            TrainingPicture picture = list[random.Next(list.Length)];
            batch[i] = Crop.Cut(picture, _options.CropSize, _options.Augmentation, random);
        }
        return batch;
    }

    /// <summary>Mixes three numbers into a seed (the finaliser of SplitMix64); the same on every machine and run.</summary>
    private static int HashOf(int seed, int batch, int crop)
    {
        ulong z = (ulong)(uint)seed * 0x9e3779b97f4a7c15 + (ulong)(uint)batch * 0xbf58476d1ce4e5b9 + (ulong)(uint)crop;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return (int)(z ^ (z >> 31));
    }
}
