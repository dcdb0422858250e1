using System.Globalization;
using HeadCount.Annotations.VsCrowd;
using HeadCount.IO;

namespace HeadCount.Annotations.NwpuPoints;

/// <summary>
/// Point text of NWPU-Crowd's localisation benchmark and of FIDTM, one picture a line: truth
/// <c>id n (x y σs σl level)*n</c>, predictions <c>id n (x y)*n</c>, separated by blanks. Coordinates count pixels from
/// 0, so that an integer is a pixel's centre: 0.5 is added. The level (head area) is not kept.
/// </summary>
public static class NwpuPointsFile
{
    private const string Layout = "'id n' and n times 'x y' (predictions) or 'x y σs σl level' (truth)";

    /// <summary>The format for <see cref="PointFile"/>.</summary>
    public static AnnotationFormat Format { get; } = new(
        "nwpu-points", "NWPU point text", "a .txt of rows 'id n x y …', not in dataset folders")
    {
        IsTable = true,
        Recognises = start => LooksRight(start.FirstLine),
        Read = (path, _, _) => Read(path),
        Write = Write,
    };

    /// <summary>An id and a count; where it could be a line of VSCrowd, the count must be right.</summary>
    private static bool LooksRight(string line)
    {
        string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count))
            return false;
        return parts.Length - 2 == 2L * count || parts.Length - 2 == 5L * count || !VsCrowdFormat.LooksRight(line);
    }

    /// <summary>Reads truth or predictions: the number of values in a line tells which it is.</summary>
    /// <exception cref="AnnotationException">
    /// The file is missing or a line is malformed; the message names file and line.
    /// </exception>
    public static IReadOnlyList<PictureHeads> Read(string path) =>
        AnnotationText.Read(path, reader => Read(path, reader));

    private static List<PictureHeads> Read(string path, TextReader reader)
    {
        var pictures = new List<PictureHeads>();
        var names = new HashSet<string>();
        bool? truth = null;
        for (int line = 1; reader.ReadLine() is { } text; line++)
        {
            if (text.AsSpan().Trim().IsEmpty)
                continue;
            PictureHeads picture = Row(path, line, text, out bool withSigmas);
            if (!names.Add(picture.Name))
                throw Malformed(path, line, $"names picture {picture.Name} a second time");
            // A line without heads reads the same in both.
            if (picture.Heads.Count > 0 && (truth ??= withSigmas) != withSigmas)
                throw Malformed(path, line, "mixes predictions with truth");
            pictures.Add(picture);
        }
        return truth == true
            ? pictures.ConvertAll(picture => picture with { Sigmas = picture.Sigmas ?? [] })
            : pictures;
    }

    private static PictureHeads Row(string path, int line, string text, out bool withSigmas)
    {
        var values = new Values(text);
        string name = values.Next().ToString();
        if (!int.TryParse(values.Next(), NumberStyles.None, CultureInfo.InvariantCulture, out int count))
            throw Malformed(path, line, "has no count of heads in second place");
        int numbers = values.CountRest();
        withSigmas = count > 0 && numbers == 5L * count;
        if (!withSigmas && numbers != 2L * count)
            throw Malformed(path, line, $"announces {count} heads but {numbers} values follow");

        var heads = new HeadPoint[count];
        var sigmas = withSigmas ? new HeadSigma[count] : null;
        for (int i = 0; i < count; i++)
        {
            heads[i] = AnnotationPlace.Line(path, line).Point(Number(ref values) + 0.5, Number(ref values) + 0.5);
            if (sigmas is null)
                continue;
            sigmas[i] = new HeadSigma(Number(ref values), Number(ref values));
            if (sigmas[i].Small < 0 || sigmas[i].Large < 0)
                throw Malformed(path, line, $"has a negative radius at head {i + 1}");
            Number(ref values);
        }
        return new PictureHeads(name, heads) { Sigmas = sigmas };

        double Number(ref Values values)
        {
            ReadOnlySpan<char> value = values.Next();
            return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                && double.IsFinite(number)
                ? number
                : throw Malformed(path, line, $"has '{value}', which is no number");
        }
    }

    /// <summary>
    /// Writes predictions as the benchmark takes them: the picture's file name without extension, the count, and the
    /// pixel that each head stands in. Fractions, scores and ignored regions are not kept.
    /// </summary>
    /// <exception cref="AnnotationException">A name holds a blank or comes twice.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public static void Write(string path, IEnumerable<PictureHeads> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        var names = new HashSet<string>();
        WholeFile.Write(path, stream =>
        {
            using var text = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
            foreach (PictureHeads picture in pictures)
            {
                string id = Path.GetFileNameWithoutExtension(picture.Name);
                if (id.Length == 0 || id.Any(char.IsWhiteSpace) || !names.Add(id))
                    throw new AnnotationException($"{picture.Name}: '{id}' cannot be an id of NWPU point text, which " +
                        "takes each once and without blanks; rename the picture");
                text.Write(string.Create(CultureInfo.InvariantCulture, $"{id} {picture.Heads.Count}"));
                foreach (HeadPoint head in picture.Heads)
                    text.Write(string.Create(CultureInfo.InvariantCulture,
                        $" {Math.Floor(head.X)} {Math.Floor(head.Y)}"));
                text.WriteLine();
            }
        });
    }

    private static AnnotationException Malformed(string path, int line, string what) =>
        new($"{path}, line {line} {what}; expected {Layout}");

    /// <summary>Walks over the blank-separated values of a line without cutting it up.</summary>
    private ref struct Values(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> _rest = text.Trim();

        internal ReadOnlySpan<char> Next()
        {
            int end = _rest.IndexOfAny(" \t\v\f\u00A0");
            ReadOnlySpan<char> value = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? [] : _rest[end..].TrimStart();
            return value;
        }

        internal readonly int CountRest()
        {
            Values copy = this;
            int count = 0;
            while (!copy.Next().IsEmpty)
                count++;
            return count;
        }
    }
}
