using HeadCount.Annotations.Json;
using HeadCount.IO;

namespace HeadCount.Annotations.Coco;

/// <summary>
/// COCO (Lin et al., ECCV 2014): one JSON object of <c>images</c>, <c>categories</c> and <c>annotations</c>, or COCO's
/// array of results, whose pictures are called by their <c>image_id</c>. The head is a keypoint
/// (<see cref="HeadKeypoints"/>); else it comes from the box of a category of heads (its centre) or, in files in which no
/// annotation is of such a category, of persons (near its top). An annotation without a box has that of its
/// segmentation. Keypoints count pixels from 0, so 0.5 is added; boxes are continuous. Boxes with <c>iscrowd</c> are
/// ignored regions. Files of any length are read, at 20 bytes of memory a head.
/// </summary>
public static class CocoFormat
{
    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new("coco", "COCO", "a COCO .json in the dataset folder")
    {
        IsTable = true,
        Recognises = start => start.IsObject && (start.Names.Contains("images") || start.Names.Contains("annotations"))
            || start.IsArray && start.InnerNames.Contains("image_id"),
        Read = (path, _, reading) => Read(path, reading),
        Write = Write,
        WriteNeedsSize = true,
    };

    /// <summary>Reads the file's pictures.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">Which labels are meant, and where notes are taken.</param>
    /// <exception cref="AnnotationException">The file is missing or malformed; the message names the field.</exception>
    public static IReadOnlyCollection<PictureHeads> Read(string path, AnnotationReading? reading = null)
    {
        reading ??= new AnnotationReading();
        if (FileStart.Of(path).IsArray)
        {
            return JsonStream.Read(path, json =>
            {
                var results = new Index(reading);
                json.Array("", results.AddResult);
                json.Finish();
                return results.Store;
            });
        }
        // Twice through the file: annotations may stand before the pictures and categories that they refer to.
        var index = JsonStream.Read(path, json => new Index(path, json, reading));
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

    private sealed record Category(string Name, LabelKind Kind, HeadKeypoints? Keypoints)
    {
        internal long Used { get; set; }
    }

    private sealed class Index
    {
        private readonly AnnotationReading _reading;
        private readonly Dictionary<string, int> _pictures = [];
        private readonly Dictionary<string, Category> _categories = [];

        /// <summary>Of results, which know no categories.</summary>
        internal Index(AnnotationReading reading) => _reading = reading;

        internal Index(string path, JsonStream json, AnnotationReading reading)
        {
            _reading = reading;
            bool hasImages = false, hasCategories = false, hasAnnotations = false;
            var used = new Dictionary<string, long>();
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
                    json.Array(name, AddCategory);
                }
                else if (name == "annotations")
                {
                    hasAnnotations = true;
                    json.Array(name, item =>
                    {
                        if (item["category_id"]?.Key() is { } id)
                            used[id] = used.GetValueOrDefault(id) + 1;
                    });
                }
                else
                {
                    json.Skip();
                }
            });
            json.Finish();
            if (!hasImages || !hasAnnotations)
                throw new AnnotationException(
                    $"{path}: has no '{(hasImages ? "annotations" : "images")}'; expected a COCO file");
            HasCategories = hasCategories;
            foreach ((string id, long count) in used)
                if (_categories.TryGetValue(id, out Category? category))
                    category.Used = count;
            Category[] annotated = [.. _categories.Values.Where(category => category.Used > 0)];
            HasHeads = annotated.Any(category => category.Kind == LabelKind.Head);
            if (annotated.Length > 0 && annotated.All(category => category.Kind == LabelKind.Other))
                throw new AnnotationException($"{path}, categories: none that annotations use names heads or persons " +
                    $"(found: {string.Join(", ", annotated.Take(8).Select(category => category.Name))}); rename it, or say which label is meant");
        }

        private bool HasCategories { get; }

        internal HeadStore Store { get; } = new();

        private bool HasHeads { get; }

        private void AddPicture(JsonField item)
        {
            PictureSize? size = item["width"] is { } width && item["height"] is { } height
                ? item.Place.Size(width.Number(), height.Number())
                : null;
            string id = item.Field("id").Key();
            int picture = Store.AddPicture(item.Field("file_name").Text().Replace('\\', '/'), size, id);
            if (!_pictures.TryAdd(id, picture))
                throw item.Place.Error($"id {id} a second time");
        }

        private void AddCategory(JsonField item)
        {
            string name = item.Field("name").Text();
            string[] names = item["keypoints"]?.Items().Select(point => point.Text()).ToArray() ?? [];
            HeadKeypoints? keypoints = names.Length > 0 ? new HeadKeypoints(names) : null;
            LabelKind kind = _reading.Labels.KindOf(name);
            // A category made for heads by its keypoint; a person's has them too.
            if (kind == LabelKind.Other && keypoints is { NamesHead: true } && !_reading.Labels.AreAsked)
                kind = LabelKind.Head;
            _categories[item.Field("id").Key()] = new Category(name, kind, keypoints);
        }

        /// <summary>A line of COCO's results.</summary>
        internal void AddResult(JsonField item)
        {
            string image = item.Field("image_id").Key();
            if (!_pictures.TryGetValue(image, out int picture))
                _pictures.Add(image, picture = Store.AddPicture(image.Replace('\\', '/'), null));
            Add(item, picture, null);
        }

        internal void Add(JsonField item)
        {
            string image = item.Field("image_id").Key();
            if (!_pictures.TryGetValue(image, out int picture))
                throw item.Place.Error($"image_id {image} is not among the images");
            Category? category = null;
            if (HasCategories && !_categories.TryGetValue(item.Field("category_id").Key(), out category))
                throw item.Place.Error($"category_id {item.Field("category_id").Key()} is not among the categories");
            Add(item, picture, category);
        }

        private void Add(JsonField item, int picture, Category? category)
        {
            string label = category?.Name ?? item["category_id"]?.Key() ?? "";
            LabelKind kind = category?.Kind ?? LabelKind.Head;
            if (category is null && _reading.Labels.AreAsked)
                kind = _reading.Labels.KindOf(label);
            if (kind == LabelKind.Other)
            {
                _reading.UnknownLabel("boxes", label);
                return;
            }
            bool crowd = item["iscrowd"] is { IsTrue: true };
            if (kind == LabelKind.Person && HasHeads && !crowd)
            {
                _reading.Omit("persons' boxes left out, as heads are marked in the same file", label);
                return;
            }
            double score = item["score"] is { } confidence ? confidence.Place.Score(confidence.Number()) : 1;
            if (crowd || kind == LabelKind.Ignored)
            {
                if (Shape(item) is { } region)
                    Store.Ignore(picture, region.Region);
                else
                    _reading.Omit("regions to be ignored left out, whose mask is packed", label);
                return;
            }
            if (category?.Keypoints is { } keypoints && item["keypoints"] is { } field && Keypoint(field, keypoints, score) is { } head)
            {
                Store.Add(picture, head);
                return;
            }
            if (Shape(item) is not { } box)
            {
                _reading.Omit("annotations left out, which have neither a box nor a visible head", label);
                return;
            }
            if (category is null)
                _reading.Guess("boxes taken for heads, as the file names no categories", label.Length > 0 ? $"category {label}" : "");
            else if (kind == LabelKind.Person)
                _reading.Guess("heads placed near the top of persons' boxes", label);
            Store.Add(picture, box.Point(kind, score));
        }

        /// <summary>
        /// The box; where there is none, that around the polygons of the segmentation; null where keypoints or a packed
        /// mask are all there is.
        /// </summary>
        private static HeadBox? Shape(JsonField item)
        {
            if (item["bbox"] is { } given && !(item["segmentation"] is not null && given.IsArray && !given.Items().Any()))
                return Box(item);
            if (item["segmentation"] is { IsArray: true } polygons && polygons.Items().Any())
            {
                var points = new List<HeadPoint>();
                foreach (JsonField polygon in polygons.Items())
                {
                    double[] values = polygon.Numbers(6);
                    for (int i = 0; i + 1 < values.Length; i += 2)
                        points.Add(polygon.Place.Point(values[i], values[i + 1]));
                }
                return HeadBox.Bounds(points);
            }
            return item["keypoints"] is null && item["segmentation"] is null ? Box(item) : null;
        }

        private static HeadBox Box(JsonField item)
        {
            JsonField field = item.Field("bbox");
            double[] box = field.Numbers(4);
            return field.Place.Box(box[0], box[1], box[2], box[3]);
        }

        private static HeadPoint? Keypoint(JsonField field, HeadKeypoints keypoints, double score)
        {
            double[] values = field.Numbers(0);
            HeadPoint? head = keypoints.Find(at => 3 * at + 2 < values.Length && values[3 * at + 2] > 0
                ? field.Place.Point(values[3 * at], values[3 * at + 1])
                : null);
            return head is { } point ? field.Place.Point(point.X + 0.5, point.Y + 0.5, score) : null;
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
