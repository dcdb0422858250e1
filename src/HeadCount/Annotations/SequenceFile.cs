using System.Globalization;
using HeadCount.Imaging;
using HeadCount.IO;

namespace HeadCount.Annotations;

/// <summary>
/// The pictures of an annotation file and those of a folder, brought together: by name, or in sequences by the number at
/// the end of the name. Where the folder counts from 0 and the file from 1, as CVAT's do, and where names have no number,
/// the n-th picture is frame n.
/// </summary>
internal sealed class SequenceFile
{
    private readonly string _path;
    private readonly bool _isSequence;
    private readonly Dictionary<string, PictureHeads> _byName = [];
    private readonly Dictionary<int, PictureHeads> _byNumber = [];
    private readonly Dictionary<string, int> _frames = [];

    /// <param name="path">The annotation file.</param>
    /// <param name="pictures">What it holds.</param>
    /// <param name="isSequence">Whether it numbers frames, of which those without rows hold nobody.</param>
    /// <param name="imageFolder">The folder of the pictures.</param>
    /// <param name="reading">Where notes are taken.</param>
    /// <exception cref="AnnotationException">No frame of the file has a picture.</exception>
    internal SequenceFile(string path, IEnumerable<PictureHeads> pictures, bool isSequence, string imageFolder, AnnotationReading reading)
    {
        (_path, _isSequence) = (path, isSequence);
        foreach (PictureHeads picture in pictures)
        {
            _byName[Path.GetFileName(picture.Name)] = picture;
            if (Number(picture.Name) is int number)
                _byNumber[number] = picture;
        }
        if (!isSequence || _byName.Count == 0)
            return;
        string[] names = [.. Directory.EnumerateFiles(imageFolder).Where(ImageKinds.IsPicture)
            .Select(file => Path.GetFileName(file)).Order(NaturalOrder.Instance)];
        int?[] numbers = [.. names.Select(Number)];
        bool isNumbered = numbers.All(number => number is not null) && numbers.Distinct().Count() == numbers.Length;
        int shift = isNumbered && numbers.Contains(0) && !_byNumber.ContainsKey(0) ? 1 : 0;
        for (int i = 0; i < names.Length; i++)
            _frames[names[i]] = isNumbered ? numbers[i]!.Value + shift : i + 1;
        if (!isNumbered || shift > 0)
            reading.Guess("sequences whose n-th picture is taken for frame n", Path.GetFileName(imageFolder));

        var missing = _byNumber.Where(frame => !_frames.ContainsValue(frame.Key)).ToList();
        if (missing.Count > 0 && missing.Count == _byNumber.Count)
            throw new AnnotationException($"{path}: has frame {missing.Min(frame => frame.Key)}, and {imageFolder} has no picture of any of its frames");
        foreach ((int number, PictureHeads picture) in missing)
            reading.Omit("heads and regions left out, whose frame has no picture",
                string.Create(CultureInfo.InvariantCulture, $"frame {number}"), picture.Heads.Count + picture.Ignored.Count);
    }

    /// <summary>What the file says of a picture.</summary>
    /// <exception cref="AnnotationException">It says nothing of it, and is no sequence.</exception>
    internal PictureHeads Find(string imagePath)
    {
        string name = Path.GetFileName(imagePath);
        if (!_isSequence)
            return _byName.GetValueOrDefault(name)
                ?? (_byName.Count == 1 ? _byName.Values.First() : null)
                ?? throw new AnnotationException($"{_path}: says nothing of picture '{name}', beside which it stands");
        return _byName.GetValueOrDefault(name) ?? (_frames.TryGetValue(name, out int frame) ? _byNumber.GetValueOrDefault(frame) : null)
            ?? new PictureHeads(imagePath, []);
    }

    /// <summary>The number at the end of a name without its extension.</summary>
    private static int? Number(string name)
    {
        ReadOnlySpan<char> stem = Path.GetFileNameWithoutExtension(name.AsSpan());
        int start = stem.Length;
        while (start > 0 && char.IsAsciiDigit(stem[start - 1]))
            start--;
        return int.TryParse(stem[start..], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }
}
