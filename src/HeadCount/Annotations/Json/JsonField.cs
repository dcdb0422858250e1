using System.Text.Json;

namespace HeadCount.Annotations.Json;

/// <summary>A JSON value that knows where it stands, so that messages can say so.</summary>
internal sealed class JsonField
{
    private readonly string _path;
    private readonly JsonField? _parent;
    private readonly string _name;
    private readonly int? _index;
    private readonly JsonElement _value;

    /// <summary>A value outside others.</summary>
    /// <param name="path">The file.</param>
    /// <param name="where">Its place; with an index, the array's and an opening bracket.</param>
    /// <param name="index">Its index in an array, or null.</param>
    /// <param name="value">The value; it must outlive this.</param>
    internal JsonField(string path, string where, int? index, JsonElement value) =>
        (_path, _name, _index, _value) = (path, where, index, value);

    private JsonField(JsonField parent, string name, int? index, JsonElement value)
        : this(parent._path, name, index, value) => _parent = parent;

    internal AnnotationPlace Place => new(_path, Where is { Length: > 0 } where ? $", {where}" : "");

    private string Where =>
        (_parent?.Where ?? "") + (_index is int index ? $"{_name}{index}]" : _parent?.Where.Length > 0
            ? $".{_name}" : _name);

    /// <summary>The name of this field in its object.</summary>
    internal string Name => _name;

    internal bool IsObject => _value.ValueKind == JsonValueKind.Object;

    internal bool IsArray => _value.ValueKind == JsonValueKind.Array;

    /// <summary>A field of this object, or null where it is missing or null.</summary>
    internal JsonField? this[string name]
    {
        get
        {
            if (!IsObject)
                throw Place.Error("expected an object");
            try
            {
                return _value.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
                    ? new JsonField(this, name, null, value)
                    : null;
            }
            catch (InvalidOperationException e)
            {
                throw NoUtf8(e);
            }
        }
    }

    /// <summary>A field of this object that must be there.</summary>
    internal JsonField Field(string name) => this[name] ?? throw Place.Error($"has no '{name}'");

    internal IEnumerable<JsonField> Fields()
    {
        if (!IsObject)
            throw Place.Error("expected an object");
        foreach (JsonProperty property in _value.EnumerateObject())
            yield return new JsonField(this, NameOf(property), null, property.Value);
    }

    private string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException e)
        {
            throw NoUtf8(e);
        }
    }

    /// <summary>The items of this array.</summary>
    internal IEnumerable<JsonField> Items()
    {
        if (_value.ValueKind != JsonValueKind.Array)
            throw Place.Error("expected an array");
        int index = 0;
        foreach (JsonElement item in _value.EnumerateArray())
            yield return new JsonField(this, "[", index++, item);
    }

    /// <summary>A finite number.</summary>
    internal double Number()
    {
        double number = _value.ValueKind == JsonValueKind.Number && _value.TryGetDouble(out double value)
            ? value
            : double.NaN;
        return double.IsFinite(number) ? number : throw Place.Error($"{Excerpt()} is no number");
    }

    /// <summary>A finite number, or null where the value is null.</summary>
    internal double? NumberOrNull() => _value.ValueKind == JsonValueKind.Null ? null : Number();

    /// <summary>An array of numbers, at least so many.</summary>
    internal double[] Numbers(int least)
    {
        double[] numbers = [.. Items().Select(item => item.Number())];
        return numbers.Length >= least
            ? numbers
            : throw Place.Error($"{numbers.Length} numbers; expected {least}");
    }

    internal bool IsTrue => _value.ValueKind == JsonValueKind.True
        || _value.ValueKind == JsonValueKind.Number && _value.TryGetDouble(out double number) && number != 0;

    internal bool IsText => _value.ValueKind == JsonValueKind.String;

    internal string Text()
    {
        try
        {
            return _value.ValueKind == JsonValueKind.String
                ? _value.GetString()!
                : throw Place.Error($"{Excerpt()} is no text");
        }
        catch (InvalidOperationException e)
        {
            throw NoUtf8(e);
        }
    }

    /// <summary>Text or a number as it stands, for keys that tools write either way.</summary>
    internal string Key() => _value.ValueKind == JsonValueKind.Number ? _value.GetRawText() : Text();

    private AnnotationException NoUtf8(InvalidOperationException e) =>
        new(Place.Error("no valid UTF-8; save the file as UTF-8").Message, e);

    private string Excerpt()
    {
        string text = _value.ValueKind is JsonValueKind.Object or JsonValueKind.Array
            ? _value.ValueKind == JsonValueKind.Object ? "an object" : "an array"
            : _value.GetRawText();
        return text.Length > 40 ? text[..40] + "…" : text;
    }
}
