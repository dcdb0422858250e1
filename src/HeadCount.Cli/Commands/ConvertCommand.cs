using System.CommandLine;
using HeadCount.Annotations;
using HeadCount.Annotations.HeadCsv;
using HeadCount.Imaging;

namespace HeadCount.Cli.Commands;

/// <summary><c>headcount convert</c>: head annotations from one format into another.</summary>
internal static class ConvertCommand
{
    private static readonly Dictionary<string, string> IdsByExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".csv"] = "csv", [".json"] = "coco", [".xml"] = "cvat", [".geojson"] = "geojson", [".txt"] = "nwpu-points",
        [".parquet"] = "parquet",
    };

    internal static Command Create()
    {
        var input = new Argument<string>("IN") { Description = "Dataset folder or annotation file" };
        var output = new Argument<string>("OUT") { Description = "File, or folder for formats of one file a picture" };
        var from = new Option<string?>("--from")
        {
            HelpName = "FORMAT",
            Description = $"Format of IN, recognised by itself otherwise: {Ids(format => format.Read is not null)}",
        };
        var to = new Option<string?>("--to")
        {
            HelpName = "FORMAT",
            Description = "Format of OUT, by its extension otherwise (.csv, .json for coco, .xml for cvat, .geojson, " +
                $".parquet, .txt for nwpu-points): {Ids(format => format.Write is not null)}",
        };
        var pictures = new Option<string?>("--pictures")
        {
            HelpName = "DIR",
            Description = "Where the pictures are, for formats that state their sizes (the folder of IN otherwise)",
        };
        var mark = new Option<bool>("--bom") { Description = "Begin CSV with a byte order mark, by which spreadsheets tell UTF-8" };
        Option<string[]> label = LabelOption.Create();
        var command = new Command("convert", "Converts head annotations from one format into another.")
        {
            input, output, from, to, pictures, label, mark,
        };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(input), parsed.GetRequiredValue(output),
            parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(pictures), LabelOption.Read(parsed, label), parsed.GetValue(mark)));
        return command;
    }

    private static int Run(string input, string output, string? from, string? to, string? pictureFolder, AnnotationReading reading, bool mark)
    {
        AnnotationFormat target = Target(output, to);
        if (mark && target != HeadCsvFile.Format)
            throw new UsageException($"--bom: {target.Name} takes no byte order mark; leave it out, or write CSV");
        AnnotationFormat? source = from is null ? null : Named("--from", from, format => format.Read is not null);
        List<string> failures = [];
        (IEnumerable<PictureHeads> pictures, string folder) = Directory.Exists(input)
            ? FromFolder(input, source, reading, failures)
            : FromFile(input, source, reading);
        if (target.WriteNeedsSize)
            pictures = WithSizes(pictures, pictureFolder ?? folder);

        string full = Path.GetFullPath(output);
        Directory.CreateDirectory(target.IsTable ? Path.GetDirectoryName(full)! : full);
        long count = 0, heads = 0, ignored = 0;
        foreach (PictureHeads picture in pictures)
        {
            count++;
            heads += picture.Heads.Count;
            ignored += picture.Ignored.Count;
        }
        if (mark)
            HeadCsvFile.Write(output, pictures, byteOrderMark: true);
        else
            target.Write!(output, pictures);
        Console.Error.WriteLine($"headcount: {count} pictures, {heads} heads written as {target.Name} to {output}");
        if (ignored > 0 && target.Id is not ("coco" or "cvat" or "labelme"))
            Console.Error.WriteLine($"headcount: {ignored} ignored regions left out, which {target.Name} cannot hold");
        return Failures.Report(failures);
    }

    private static (IEnumerable<PictureHeads>, string) FromFile(string input, AnnotationFormat? source, AnnotationReading reading)
    {
        IReadOnlyCollection<PictureHeads> pictures = PointFile.Read(input, reading, source);
        Failures.Note(reading.Notes);
        return (pictures, Path.GetDirectoryName(Path.GetFullPath(input)) ?? ".");
    }

    private static (IEnumerable<PictureHeads>, string) FromFolder(
        string input, AnnotationFormat? source, AnnotationReading reading, List<string> failures)
    {
        var dataset = Dataset.Load(input, reading: reading);
        if (source is not null && (dataset.Formats.Count > 1 || dataset.Formats[0] != source.Name))
            throw new UsageException($"--from {source.Id}: {input} is recognised as " +
                $"{string.Join(" and ", dataset.Formats)}; leave --from out for folders, or give an annotation file");
        failures.AddRange(Failures.Note(dataset));
        return (dataset.Images.Select(image => new PictureHeads(image.Name, image.Heads)
        {
            Sigmas = image.Sigmas,
            Ignored = image.Ignored,
        }), input);
    }

    /// <summary>Fills in sizes that the input does not state from the pictures' headers, each read once.</summary>
    private static IEnumerable<PictureHeads> WithSizes(IEnumerable<PictureHeads> pictures, string folder)
    {
        var sizes = new Dictionary<string, PictureSize>();
        return pictures.Select(picture => picture.Size is not null ? picture : picture with { Size = Size(picture) });

        PictureSize Size(PictureHeads picture)
        {
            if (sizes.TryGetValue(picture.Name, out PictureSize size))
                return size;
            string path = Path.Combine(folder, picture.Name);
            if (!File.Exists(path))
                throw new UsageException($"{path}: no such picture, and its size is needed; give the pictures' " +
                    "folder with --pictures DIR");
            using var opened = Picture.Open(path);
            return sizes[picture.Name] = new PictureSize(opened.Width, opened.Height);
        }
    }

    private static AnnotationFormat Target(string output, string? to)
    {
        if (to is not null)
            return Named("--to", to, format => format.Write is not null);
        return IdsByExtension.TryGetValue(Path.GetExtension(output), out string? id)
            ? AnnotationFormat.Find(id)!
            : throw new UsageException($"{output}: its extension names no format; " +
                $"give --to ({Ids(format => format.Write is not null)})");
    }

    /// <summary>The format that an option names, one of those allowed.</summary>
    internal static AnnotationFormat Named(string option, string id, Func<AnnotationFormat, bool> allowed) =>
        AnnotationFormat.Find(id) is { } format && allowed(format)
            ? format
            : throw new UsageException($"{option} {id}: unknown; expected one of {Ids(allowed)}");

    internal static string Ids(Func<AnnotationFormat, bool> allowed) =>
        string.Join(", ", AnnotationFormat.All.Where(allowed).Select(format => format.Id));
}
