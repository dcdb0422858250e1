using System.Globalization;
using System.Security.Claims;

namespace HeadCount.Studio.Storage;

/// <summary>A browser that is signed in.</summary>
public sealed class SessionRow
{
    /// <summary>SHA-256 of what the browser holds.</summary>
    public required string Token { get; set; }

    /// <summary>SHA-256 of the key it was opened with: without that key it ends.</summary>
    public required string Key { get; set; }

    /// <summary>Milliseconds since 1970, UTC.</summary>
    public long Expires { get; set; }
}

/// <summary>Something that was changed; it stays when what it speaks of is deleted.</summary>
public sealed class ChangeRow
{
    public Guid Id { get; set; }

    /// <summary>Milliseconds since 1970, UTC.</summary>
    public long At { get; set; }

    /// <summary>The name of the key; <c>local</c> without keys.</summary>
    public required string Who { get; set; }

    /// <summary>Such as <c>heads.set</c>.</summary>
    public required string What { get; set; }

    public Guid? ProjectId { get; set; }

    public Guid? PictureId { get; set; }

    /// <summary>What the picture or project was called.</summary>
    public string? Name { get; set; }

    public string? Before { get; set; }

    public string? After { get; set; }
}

/// <summary>Notes who changed what, with the change itself.</summary>
internal static class ChangeLog
{
    internal const string NoKey = "local";

    internal static void Note(this StudioContext db, ClaimsPrincipal who, string what, PictureRow picture, object? before = null, object? after = null) =>
        db.Note(Name(who), what, picture.ProjectId, picture.Id, picture.Name, before, after);

    internal static void Note(this StudioContext db, ClaimsPrincipal who, string what, ProjectRow project, object? before = null, object? after = null) =>
        db.Note(Name(who), what, project.Id, null, project.Name, before, after);

    internal static void Note(this StudioContext db, string who, string what, Guid? project, Guid? picture, string? name, object? before = null, object? after = null) =>
        db.Changes.Add(new ChangeRow
        {
            Id = Guid.CreateVersion7(),
            At = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
            Who = who,
            What = what,
            ProjectId = project,
            PictureId = picture,
            Name = name,
            Before = Text(before),
            After = Text(after),
        });

    internal static string Name(ClaimsPrincipal who) => who.Identity?.Name ?? NoKey;

    private static string? Text(object? value) => value is null ? null : Convert.ToString(value, CultureInfo.InvariantCulture);
}
