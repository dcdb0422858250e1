using HeadCount.Annotations.HeadCsv;
using HeadCount.Annotations.NwpuPoints;

namespace HeadCount.Annotations;

/// <summary>Reads the head points of many pictures from one file of any supported kind.</summary>
public static class PointFile
{
    /// <summary>
    /// Reads HeadCount CSV (<see cref="HeadCsvFile"/>) or NWPU point text (<see cref="NwpuPointsFile"/>), told apart by
    /// the first line: only the CSV has commas.
    /// </summary>
    /// <exception cref="AnnotationException">
    /// The file is missing, holds no picture or a line is malformed; the message names file and line.
    /// </exception>
    public static IReadOnlyList<PictureHeads> Read(string path)
    {
        bool csv = AnnotationText.Read(path, FirstLine).Contains(',', StringComparison.Ordinal);
        var pictures = csv ? HeadCsvFile.Read(path) : NwpuPointsFile.Read(path);
        return pictures.Count > 0 ? pictures : throw new AnnotationException($"{path}: holds no pictures");

        static string FirstLine(TextReader reader)
        {
            string? line;
            do
                line = reader.ReadLine();
            while (line is not null && string.IsNullOrWhiteSpace(line));
            return line ?? "";
        }
    }
}
