using System.Globalization;
using HeadCount.IO;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace HeadCount.Annotations.Yolo;

/// <summary>
/// What a YOLO data set says of its classes: <c>names</c> in a YAML file, or the lines of <c>classes.txt</c>,
/// <c>obj.names</c>, <c>_darknet.labels</c> or another <c>.names</c> file; found beside the labels or in the nearest
/// folder above.
/// </summary>
internal sealed class YoloClasses
{
    private readonly IReadOnlyDictionary<int, string>? _names;

    private YoloClasses(string? path, IReadOnlyDictionary<int, string>? names, int keypointNumbers) =>
        (Path, _names, KeypointNumbers) = (path, names, keypointNumbers);

    private static readonly string[] UsualFiles = ["data.yaml", "dataset.yaml", "classes.txt", "obj.names", "_darknet.labels"];

    private static YoloClasses Unknown { get; } = new(null, null, 0);

    /// <summary>The file that says it; null where there is none.</summary>
    internal string? Path { get; }

    /// <summary>Numbers of the keypoints behind a row's box (<c>kpt_shape</c>); 0 for none.</summary>
    internal int KeypointNumbers { get; }

    /// <summary>Whether classes have names.</summary>
    internal bool AreNamed => _names is not null;

    /// <summary>The name of a class, or null where the file does not know it.</summary>
    internal string? Name(int number) => _names!.GetValueOrDefault(number);

    /// <summary>The classes of a label file; looked for once a folder and reading.</summary>
    /// <exception cref="AnnotationException">The file of names cannot be read.</exception>
    internal static YoloClasses Of(string labelFile, AnnotationReading reading)
    {
        string? folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(labelFile));
        return folder is null ? Unknown : reading.Once(folder, Nearest);
    }

    private static YoloClasses Nearest(string start)
    {
        for (string? folder = start; folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
            if (In(folder) is { } classes)
                return classes;
        return Unknown;
    }

    /// <summary>Whether a folder or one above it has a file of names, by the usual names of such files.</summary>
    internal static bool AreNear(string labelFile)
    {
        string? folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(labelFile));
        for (; folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
            if (UsualFiles.Any(file => File.Exists(System.IO.Path.Combine(folder, file))))
                return true;
        return false;
    }

    private static YoloClasses? In(string folder)
    {
        string[] files;
        try
        {
            files = [.. Directory.EnumerateFiles(folder).Where(IsCandidate).OrderBy(Rank)
                .ThenBy(file => file, NaturalOrder.Instance)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        return files.Select(file => Rank(file) < 2 ? OfYaml(file) : OfLines(file)).OfType<YoloClasses>().FirstOrDefault();
    }

    private static bool IsCandidate(string file) => System.IO.Path.GetExtension(file).ToUpperInvariant() is ".YAML" or ".YML" or ".NAMES"
        || System.IO.Path.GetFileName(file) is "classes.txt" or "_darknet.labels";

    /// <summary>data.yaml and dataset.yaml before others, YAML before lists.</summary>
    private static int Rank(string file) =>
        System.IO.Path.GetExtension(file).ToUpperInvariant() is not (".YAML" or ".YML") ? 2
        : System.IO.Path.GetFileNameWithoutExtension(file) is "data" or "dataset" ? 0 : 1;

    private static YoloClasses OfLines(string file) => new(file,
        AnnotationText.Lines(file, (_, line) => line.Trim()).Index().ToDictionary(line => line.Index, line => line.Item), 0);

    /// <summary>The classes of a YAML file; null where it names none, as other programs' files do.</summary>
    private static YoloClasses? OfYaml(string file)
    {
        YamlMappingNode? root;
        try
        {
            var yaml = new YamlStream();
            AnnotationText.Read(file, reader =>
            {
                yaml.Load(reader);
                return true;
            });
            root = yaml.Documents.FirstOrDefault()?.RootNode as YamlMappingNode;
        }
        catch (Exception e) when (e is YamlException or AnnotationException && Rank(file) > 0)
        {
            // Another program's file.
            return null;
        }
        catch (YamlException e)
        {
            throw new AnnotationException($"{file}, line {Math.Max(1, e.Start.Line)}: no valid YAML ({e.Message})", e);
        }
        if (root is null || !root.Children.TryGetValue("names", out YamlNode? names))
            return null;
        Dictionary<int, string>? known = names switch
        {
            YamlSequenceNode list => list.Children.Index().ToDictionary(item => item.Index, item => item.Item.ToString()),
            YamlMappingNode map when map.Children.Keys.All(key => IsNumber(key)) =>
                map.Children.ToDictionary(item => Number(item.Key), item => item.Value.ToString()),
            // {person: 0}, as some tools write it.
            YamlMappingNode map when map.Children.Values.All(value => IsNumber(value)) =>
                map.Children.ToDictionary(item => Number(item.Value), item => item.Key.ToString()),
            _ => null,
        };
        if (known is null && Rank(file) > 0)
            return null;
        if (known is null)
            throw new AnnotationException($"{file}, line {Math.Max(1, names.Start.Line)}: names is neither a list of class names nor one by number");
        int keypoints = root.Children.TryGetValue("kpt_shape", out YamlNode? shape) && shape is YamlSequenceNode { Children: [var count, var numbers] }
            && IsNumber(count) && IsNumber(numbers) ? Number(count) * Number(numbers) : 0;
        return new YoloClasses(file, known, keypoints);
    }

    private static bool IsNumber(YamlNode node) =>
        int.TryParse(node.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static int Number(YamlNode node) => int.Parse(node.ToString(), CultureInfo.InvariantCulture);
}
