using System.Text.Json.Serialization;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using HeadCount.Cli.Commands;
using HeadCount.Inference;
using HeadCount.Tests;
using Xunit;

namespace HeadCount.Cli.Tests;

public sealed partial class JournalTests : IDisposable
{
    private const string FileName = ".headcount-unfinished.jsonl";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    internal sealed record Note(int Number, double[] Values);

    [JsonSerializable(typeof(Note))]
    private sealed partial class Notes : JsonSerializerContext;

    private Journal<Note> Open(string settings = "{\"a\":1}") => new(_folder.Root, settings, Notes.Default.Note);

    private static string Text(IEnumerable<Note> notes) => string.Join(' ', notes.Select(note => $"{note.Number}:{string.Join(',', note.Values)}"));

    private void Fill(int notes)
    {
        File.Delete(_folder[FileName]);
        using Journal<Note> journal = Open();
        for (int i = 0; i < notes; i++)
            journal.Add(new Note(i, [i + .5, 2 * i]));
    }

    [Property(MaxTest = 300)]
    public Property AnyDamage_CostsLines_AndNeverAltersOne(byte[] garbage, PositiveInt at, bool insert)
    {
        Fill(5);
        var whole = new HashSet<string>(Enumerable.Range(0, 5).Select(i => Text([new Note(i, [i + .5, 2 * i])])));
        List<byte> bytes = [.. File.ReadAllBytes(_folder[FileName])];
        int place = at.Get % bytes.Count;
        if (!insert)
            bytes.RemoveRange(place, Math.Min(garbage.Length, bytes.Count - place));
        bytes.InsertRange(place, garbage);
        File.WriteAllBytes(_folder[FileName], [.. bytes]);
        using (Journal<Note> journal = Open())
        {
            if (journal.Entries.Any(note => !whole.Contains(Text([note]))))
                return false.ToProperty();
            journal.Add(new Note(9, [9]));
        }
        // What is added stands, whatever stood before it.
        using Journal<Note> again = Open();
        return (again.Entries[^1].Number == 9).ToProperty();
    }

    [Theory]
    [InlineData("[null]")]
    [InlineData("{\"Number\":1,\"Values\":[1e999]}")]
    [InlineData("{\"Number\":1}")]
    [InlineData("null\tnull")]
    [InlineData("")]
    public void LineThatSaysNothing_IsLeftOutAndTold(string line)
    {
        Fill(2);
        File.AppendAllText(_folder[FileName], line + "\n");
        using Journal<Note> journal = Open();
        Assert.Equal((2, 1), (journal.Entries.Count, journal.Damaged));
    }

    [Fact]
    public void LineThatAKillCutShort_IsForgottenWithoutAWord()
    {
        Fill(2);
        File.AppendAllText(_folder[FileName], "{\"Number\":2,\"Val");
        using (Journal<Note> journal = Open())
        {
            Assert.Equal((2, 0), (journal.Entries.Count, journal.Damaged));
            journal.Add(new Note(3, []));
        }
        using Journal<Note> again = Open();
        Assert.Equal((3, 0), (again.Entries.Count, again.Damaged));
    }

    [Fact]
    public void SecondCall_InTheSameFolder_IsRefused()
    {
        using Journal<Note> first = Open();
        first.Add(new Note(1, []));
        var error = Assert.Throws<UsageException>(() => Open());
        Assert.Contains("another call works in this folder", error.Message, StringComparison.Ordinal);
        Assert.Single(first.Entries);
    }

    [Fact]
    public void PictureThatIsReplacedWhileItIsCounted_IsCountedAgain()
    {
        DotModel.Save(_folder["dots.onnx"]);
        _folder.Write("a.png", [1]);
        CountJournal.FileStamp before = CountJournal.Stamp(_folder["a.png"]);
        _folder.Write("a.png", [1, 2]);
        using var journal = new CountJournal(_folder.Root, _folder["dots.onnx"], null, new CountOptions(), []);
        journal.Add(_folder["a.png"], before, new CountResult(1, 1, [], null));
        journal.Dispose();
        using var again = new CountJournal(_folder.Root, _folder["dots.onnx"], null, new CountOptions(), []);
        Assert.Null(again.Find(_folder["a.png"]));
    }
}
