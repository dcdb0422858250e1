using HeadCount.Annotations;

namespace HeadCount.Training.Data;

/// <summary>A list of pictures to train on.</summary>
/// <param name="List">Split file, or the folder of a dataset that is taken whole.</param>
/// <param name="Share">How many of the crops come from it, in relation to the other lists' shares; above 0.</param>
/// <param name="PositivesOnly">Only some of the heads are annotated: what is annotated is a head, and the rest is unknown.</param>
public sealed record WeightedList(string List, double Share, bool PositivesOnly = false);

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
        new([.. options.Train.Select(l => LoadList(options.Dataset, l.List, memory, complete: !l.PositivesOnly, reading: reading))], options);

    /// <summary>Reads a list's pictures, or some of them that are spread evenly over it.</summary>
    internal static TrainingPicture[] LoadList(string dataset, string list, PictureMemory memory, int most = int.MaxValue,
        bool complete = true, AnnotationReading? reading = null)
    {
        IReadOnlyList<AnnotatedImage> images =
            (Directory.Exists(list) ? Dataset.Load(list, reading: reading) : Dataset.Load(dataset, list, reading: reading)).Images;
        int count = Math.Min(most, images.Count);
        return [.. Enumerable.Range(0, count).Select(i => images[(int)((long)i * images.Count / count)]).AsParallel().AsOrdered()
            .Select(i => TrainingPicture.Read(i, memory, complete))];
    }

    /// <summary>The batch of that number: always the same one for the same options.</summary>
    internal Crop[] Batch(int number) => Batch(number, _options.BatchSize);

    /// <summary>As many crops of that batch.</summary>
    internal Crop[] Batch(int number, int crops)
    {
        var batch = new Crop[crops];
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
