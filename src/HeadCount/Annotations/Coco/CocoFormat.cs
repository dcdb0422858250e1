using HeadCount.Annotations.Json;
using HeadCount.IO;

namespace HeadCount.Annotations.Coco;

/// <summary>
/// COCO (Lin et al., ECCV 2014): one JSON object of <c>images</c>, <c>categories</c> and <c>annotations</c>. The head
/// is the keypoint named head; else the mean of the visible ones of nose, eyes and ears; else it comes from the box of
/// a category named head or face (its centre) or, in files without such, person (near its top). Keypoints count pixels
/// from 0, so 0.5 is added; boxes are continuous. Boxes with <c>iscrowd</c> are ignored regions. Files of any length
/// are read, at 20 bytes of memory a head.
/// </summary>
public static class CocoFormat
{
    private static readonly string[] FaceKeypoints = ["nose", "left_eye", "right_eye", "left_ear", "right_ear"];

    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new("coco", "COCO", "a COCO .json in the dataset folder")
    {
        IsTable = true,
        Recognises = start => start.IsObject
            && (start.Names.Contains("images") || start.Names.Contains("annotations")),
        Read = (path, _) => Read(path),
        Write = Write,
        WriteNeedsSize = true,
    };

    /// <summary>Reads the file's pictures.</summary>
    /// <exception cref="AnnotationException">The file is missing or malformed; the message names the field.</exception>
    public static IReadOnlyCollection<PictureHeads> Read(string path)
    {
        // Twice through the file: annotations may stand before the pictures and categories that they refer to.
        var index = JsonStream.Read(path, json => new Index(path, json));
        return JsonStream.Read(path, json =>
        {
            json.Object("", name =>
            {
                if (name == "annotations")
                    json.Array(name, index.Add);
                else
                    json.Skip();
            });
            return index.Store;
        });
    }

    private sealed record Category(BoxKind Kind, int[] HeadKeypoints);

    private sealed class Index
    {
        private readonly Dictionary<string, int> _pictures = [];
        private readonly Dictionary<string, Category> _categories = [];

        internal Index(string path, JsonStream json)
        {
            bool hasImages = false, hasCategories = false, hasAnnotations = false;
            var names = new List<string>();
            json.Object("", name =>
            {
                if (name == "images")
                {
                    hasImages = true;
                    json.Array(name, AddPicture);
                }
                else if (name == "categories")
                {
                    hasCategories = true;
                    json.Array(name, item => names.Add(AddCategory(item)));
                }
                else
                {
                    hasAnnotations |= name == "annotations";
                    json.Skip();
                }
            });
            json.Finish();
            if (!hasImages || !hasAnnotations)
                throw new AnnotationException(
                    $"{path}: has no '{(hasImages ? "annotations" : "images")}'; expected a COCO file");
            AllAreHeads = !hasCategories;
            HasHeads = _categories.Values.Any(category => category.Kind == BoxKind.Head);
            if (hasCategories && _categories.Values.All(category => category.Kind == BoxKind.Other))
                throw new AnnotationException($"{path}, categories: none is named head, face or person " +
                    $"(found: {string.Join(", ", names.Take(8).DefaultIfEmpty("nothing"))}); rename it");
        }

        internal HeadStore Store { get; } = new();

        private bool AllAreHeads { get; }

        private bool HasHeads { get; }

        private void AddPicture(JsonField item)
        {
            PictureSize? size = item["width"] is { } width && item["height"] is { } height
                ? item.Place.Size(width.Number(), height.Number())
                : null;
            int picture = Store.AddPicture(item.Field("file_name").Text().Replace('\\', '/'), size);
            if (!_pictures.TryAdd(item.Field("id").Key(), picture))
                throw item.Place.Error($"id {item.Field("id").Key()} a second time");
        }

        private string AddCategory(JsonField item)
        {
            string name = item.Field("name").Text();
            string[] keypoints = item["keypoints"]?.Items().Select(point => point.Text()).ToArray() ?? [];
            int head = Array.FindIndex(keypoints, point => HeadBox.KindOf(point) == BoxKind.Head);
            int[] indices = head >= 0
                ? [head]
                : [.. FaceKeypoints.Select(face => Array.IndexOf(keypoints, face)).Where(at => at >= 0)];
            BoxKind kind = HeadBox.KindOf(name);
            // A category made for heads by its keypoint.
            if (kind == BoxKind.Other && head >= 0)
                kind = BoxKind.Head;
            _categories[item.Field("id").Key()] = new Category(kind, indices);
            return name;
        }

        internal void Add(JsonField item)
        {
            string image = item.Field("image_id").Key();
            if (!_pictures.TryGetValue(image, out int picture))
                throw item.Place.Error($"image_id {image} is not among the images");
            Category? category = null;
            if (!AllAreHeads && !_categories.TryGetValue(item.Field("category_id").Key(), out category))
                throw item.Place.Error($"category_id {item.Field("category_id").Key()} is not among the categories");
            BoxKind kind = category?.Kind ?? BoxKind.Head;
            if (kind == BoxKind.Other || kind == BoxKind.Person && HasHeads)
                return;
            double score = item["score"] is { } confidence ? confidence.Place.Score(confidence.Number()) : 1;
            if (item["iscrowd"] is { IsTrue: true } || kind == BoxKind.Ignored)
                Store.Ignore(picture, Box(item).Region);
            else if (category is not null && item["keypoints"] is { } keypoints
                && Keypoint(keypoints, category.HeadKeypoints, score) is HeadPoint head)
                Store.Add(picture, head);
            else
                Store.Add(picture, Box(item).Point(kind, score));
        }

        private static HeadBox Box(JsonField item)
        {
            JsonField field = item.Field("bbox");
            double[] box = field.Numbers(4);
            return field.Place.Box(box[0], box[1], box[2], box[3]);
        }

        private static HeadPoint? Keypoint(JsonField field, int[] indices, double score)
        {
            double[] values = field.Numbers(0);
            double x = 0, y = 0;
            int visible = 0;
            foreach (int index in indices)
                if (3 * index + 2 < values.Length && values[3 * index + 2] > 0)
                {
                    x += values[3 * index];
                    y += values[3 * index + 1];
                    visible++;
                }
            return visible > 0 ? field.Place.Point(x / visible + 0.5, y / visible + 0.5, score) : null;
        }
    }

    /// <summary>
    /// Writes one category, person, with one keypoint, head. Points have no size, so the box is a square of 16 pixels;
    /// ignored regions become boxes with <c>iscrowd</c>.
    /// </summary>
    /// <exception cref="AnnotationException">A picture's size is unknown.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public static void Write(string path, IEnumerable<PictureHeads> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        WholeFile.Write(path, stream => JsonOutput.Write(stream, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("categories");
            json.WriteStartObject();
            json.WriteNumber("id", 1);
            json.WriteString("name", "person");
            json.WriteString("supercategory", "person");
            json.WriteStartArray("keypoints");
            json.WriteStringValue("head");
            json.WriteEndArray();
            json.WriteStartArray("skeleton");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();

            json.WriteStartArray("images");
            int image = 0;
            foreach (PictureHeads picture in pictures)
            {
                PictureSize size = picture.RequireSize();
                json.WriteStartObject();
                json.WriteNumber("id", ++image);
                json.WriteString("file_name", picture.Name);
                json.WriteNumber("width", size.Width);
                json.WriteNumber("height", size.Height);
                json.WriteEndObject();
                json.FlushSome();
            }
            json.WriteEndArray();

            json.WriteStartArray("annotations");
            image = 0;
            int id = 0;
            foreach (PictureHeads picture in pictures)
            {
                image++;
                foreach (HeadPoint head in picture.Heads)
                {
                    Start(HeadBox.Around(head), crowd: false);
                    json.WriteNumbers("keypoints", head.X - 0.5, head.Y - 0.5, 2);
                    json.WriteNumber("num_keypoints", 1);
                    if (head.Score != 1)
                        json.WriteNumber("score", head.Score);
                    json.WriteEndObject();
                    json.FlushSome();
                }
                foreach (IgnoredRegion region in picture.Ignored)
                {
                    Start(new HeadBox(region.Left, region.Top, region.Width, region.Height), crowd: true);
                    json.WriteEndObject();
                }
            }
            json.WriteEndArray();
            json.WriteEndObject();

            void Start(HeadBox box, bool crowd)
            {
                json.WriteStartObject();
                json.WriteNumber("id", ++id);
                json.WriteNumber("image_id", image);
                json.WriteNumber("category_id", 1);
                json.WriteNumbers("bbox", box.Left, box.Top, box.Width, box.Height);
                json.WriteNumber("area", box.Width * box.Height);
                json.WriteNumber("iscrowd", crowd ? 1 : 0);
            }
        }));
    }
}
