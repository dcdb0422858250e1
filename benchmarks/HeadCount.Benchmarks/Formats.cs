using System.Diagnostics;
using System.Globalization;
using HeadCount.Annotations;
using HeadCount.Checking;

namespace HeadCount.Benchmarks;

/// <summary>Annotation files as they were published: whether all are read, with how many heads, and how fast.</summary>
internal static class Formats
{
    /// <summary>A dataset and what is known of it.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Folder">Where it lies in the data folder.</param>
    /// <param name="Pictures">Annotated pictures.</param>
    /// <param name="Heads">Heads.</param>
    /// <param name="Within">How exactly the heads are known.</param>
    private sealed record Known(string Name, string Folder, int Pictures, int Heads, int Within);

    private static readonly Known[] All =
    [
        new("ShanghaiTech A", "shanghaitech/part_A_final", 294, 161_000, 500),
        new("ShanghaiTech B", "shanghaitech/part_B_final", 400, 49_151, 0),
        new("Beijing-BRT", "beijing_brt", 720, 9_483, 0),
        new("UCF_CC_50", "UCF_CC_50", 49, 62_500, 500),
    ];

    internal static int Run(string folder)
    {
        int wrong = 0;
        foreach (Known known in All)
        {
            string path = Path.Combine(folder, known.Folder);
            if (!Directory.Exists(path))
            {
                Console.WriteLine($"{path}: not there, skipped");
                continue;
            }
            DatasetCheck check = DatasetCheck.Of(path);
            bool right = check.Counts.Count == known.Pictures && Math.Abs(check.Heads - known.Heads) <= known.Within;
            wrong += right ? 0 : 1;
            string verdict = right ? "as known" : $"WRONG, known are {known.Pictures} pictures and {known.Heads} heads";
            int duplicates = Sum(check, FindingKind.Duplicate), outside = Sum(check, FindingKind.Outside);
            Console.Write(string.Create(CultureInfo.InvariantCulture,
                $"{known.Name,-14} {check.Counts.Count,4} pictures {check.Heads,7} heads {duplicates,4} duplicates {outside,3} outside"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $" {FilesPerSecond(path),7:f0} files a second, {verdict}"));
        }
        return wrong > 0 ? 1 : 0;
    }

    private static int Sum(DatasetCheck check, FindingKind kind) =>
        check.Findings.Where(finding => finding.Kind == kind).Sum(finding => finding.Count);

    /// <summary>Annotation files alone, once more, when the disk has them at hand.</summary>
    private static double FilesPerSecond(string path)
    {
        var dataset = Dataset.Load(path);
        AnnotationFormat format = AnnotationFormat.All.Single(format => format.Name == dataset.Formats[0]);
        var clock = Stopwatch.StartNew();
        foreach (AnnotatedImage image in dataset.Images)
            _ = format.Read!(image.AnnotationPath!, image.ImagePath).Count();
        return dataset.Images.Count / clock.Elapsed.TotalSeconds;
    }
}
