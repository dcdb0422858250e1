using System.CommandLine;
using System.Globalization;
using HeadCount.Annotations;
using HeadCount.Imaging;
using HeadCount.Slicing;

namespace HeadCount.Cli.Commands;

/// <summary><c>headcount slice</c>: cuts a dataset into overlapping slices with their heads.</summary>
internal static class SliceCommand
{
    private static readonly SliceOptions Defaults = new();

    internal static Command Create()
    {
        var dataset = new Argument<string>("DATASET")
        {
            Description = "Folder of pictures with annotations, in any layout that is read (docs/formats.md)",
        };
        var output = new Argument<string>("OUT")
        {
            Description = "Folder for images/, their annotations and slices.csv, by which headcount merge puts heads back",
        };
        var split = new Option<string?>("--split")
        {
            HelpName = "FILE",
            Description = "Only the pictures of this list, one path a line",
        };
        var tile = CountingOptions.Range(new Option<int>("--tile")
        {
            HelpName = "N", Description = "Side of a slice in pixels", DefaultValueFactory = _ => Defaults.TileSize,
        }, 16, 1 << 16);
        var overlap = CountingOptions.Range(new Option<int>("--overlap")
        {
            HelpName = "N", Description = "Pixels that neighbouring slices share", DefaultValueFactory = _ => Defaults.Overlap,
        }, 0, 1 << 16);
        var dropEmpty = new Option<bool>("--drop-empty") { Description = "Leave out slices without heads" };
        var to = new Option<string>("--to")
        {
            HelpName = "FORMAT",
            Description = $"Format of the annotations: {ConvertCommand.Ids(format => format.Write is not null)}",
            DefaultValueFactory = _ => "csv",
        };
        var pictures = new Option<string?>("--pictures")
        {
            HelpName = "jpg|png|webp",
            Description = "Kind of the slices' files [default: that of each picture, png where it cannot be written]",
        };
        pictures.AcceptOnlyFromAmong("jpg", "png", "webp");
        var threads = CountingOptions.Range(new Option<int>("--threads")
        {
            HelpName = "N", Description = "Pictures cut at a time; 0: one for each core", DefaultValueFactory = _ => 0,
        }, 0, 1024);
        Option<string[]> label = LabelOption.Create();
        Option<long> maxPixels = CountingOptions.CreateMaxPixels();
        var command = new Command("slice", "Cut a dataset into overlapping slices with their heads")
        {
            dataset, output, split, tile, overlap, dropEmpty, to, pictures, threads, maxPixels, label,
        };
        command.SetAction((parsed, cancellation) =>
        {
            if (parsed.GetValue(overlap) >= parsed.GetValue(tile))
                throw new UsageException($"--overlap {parsed.GetValue(overlap)} must be less than --tile {parsed.GetValue(tile)}");
            AnnotationFormat format = ConvertCommand.Named("--to", parsed.GetValue(to)!, format => format.Write is not null);
            var options = new SliceOptions
            {
                TileSize = parsed.GetValue(tile),
                Overlap = parsed.GetValue(overlap),
                DropEmpty = parsed.GetValue(dropEmpty),
                Extension = parsed.GetValue(pictures) is string kind ? "." + kind : null,
                MaxPixels = parsed.GetValue(maxPixels),
            };
            return Task.Run(() => Run(parsed.GetRequiredValue(dataset), parsed.GetValue(split),
                parsed.GetRequiredValue(output), format, options, parsed.GetValue(threads),
                LabelOption.Read(parsed, label), cancellation), CancellationToken.None);
        });
        return command;
    }

    private static int Run(string input, string? split, string output, AnnotationFormat format, SliceOptions options,
        int threads, AnnotationReading reading, CancellationToken cancellation)
    {
        string index = Path.Combine(output, SliceIndex.FileName);
        if (File.Exists(index))
            throw new UsageException($"{output}: already holds {SliceIndex.FileName}; choose another folder");
        var dataset = Dataset.Load(input, split, reading: reading);
        List<string> folderFailures = Failures.Note(dataset);
        string[] stems = Stems(dataset.Images);
        OutputFolder.Open(output, () => Directory.CreateDirectory(Path.Combine(output, "images")));
        var slices = new IReadOnlyList<(Slice Slice, PictureHeads Heads)>[dataset.Images.Count];
        var failures = new string?[slices.Length];
        var notes = new List<string>?[slices.Length];
        using (var progress = new WorkProgress("Slicing", "pictures", slices.Length))
        {
            int done = 0;
            var parallel = new ParallelOptions
            {
                MaxDegreeOfParallelism = threads == 0 ? Environment.ProcessorCount : threads,
                CancellationToken = cancellation,
            };
            Parallel.For(0, slices.Length, parallel, i =>
            {
                try
                {
                    slices[i] = PictureSlicer.Cut(dataset.Images[i], output, stems[i], options, notes[i] = []);
                }
                catch (PictureException e)
                {
                    (slices[i], failures[i]) = ([], e.Message);
                }
                progress.Report(Interlocked.Increment(ref done));
            });
        }
        foreach ((AnnotatedImage image, List<string>? ofImage) in dataset.Images.Zip(notes))
            foreach (string note in ofImage ?? [])
                Console.Error.WriteLine($"headcount: note: {image.Name}: {note}");
        PictureHeads[] annotated = [.. slices.SelectMany(ofImage => ofImage.Select(slice => slice.Heads))];
        string table = format.Id switch
        {
            "csv" => ".csv",
            "cvat" => ".xml",
            "geojson" => ".geojson",
            "nwpu-points" => ".txt",
            "parquet" => ".parquet",
            _ => ".json",
        };
        format.Write!(format.IsTable ? Path.Combine(output, "annotations" + table) : output, annotated);
        SliceIndex.Write(index, slices.SelectMany(ofImage => ofImage.Select(slice => slice.Slice)));

        int outside = slices.Zip(dataset.Images).Where(pair => pair.First.Count > 0).Sum(pair => pair.Second.Heads.Count
            - pair.First.Sum(slice => pair.Second.Heads.Count(head => slice.Slice.Core.Contains(head.X, head.Y))));
        if (outside > 0 && !options.DropEmpty)
            Console.Error.WriteLine($"headcount: {outside} heads outside their pictures' frames left out");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{annotated.Length} slices of "
            + $"{slices.Length - failures.Count(failure => failure is not null)} pictures in {output}, annotated as {format.Name}"));
        return Failures.Report([.. folderFailures, .. failures.OfType<string>()]);
    }

    // Paths of the slices without their places, all in one folder images: the pictures' own, without the folder that all
    // share, and with the others' names in front.
    private static string[] Stems(IReadOnlyList<AnnotatedImage> images)
    {
        string[][] parts = [.. images.Select(image =>
            Path.ChangeExtension(image.Name, null).Split('/').Where(part => part is not ("" or "." or "..")).ToArray())];
        int shared = 0;
        while (parts.All(path => shared < path.Length - 1 && path[shared] == parts[0][shared]))
            shared++;
        string[] stems = [.. parts.Select(path => "images/" + string.Join('_', path[shared..]))];
        foreach (IGrouping<string, (string Stem, AnnotatedImage Image)> same in
            stems.Zip(images).GroupBy(pair => pair.First, StringComparer.OrdinalIgnoreCase).Where(group => group.Skip(1).Any()))
        {
            throw new UsageException($"{same.First().Image.Name} and {same.ElementAt(1).Image.Name} would have slices of the "
                + "same name; rename one of them, or slice them apart with --split");
        }
        return stems;
    }
}
