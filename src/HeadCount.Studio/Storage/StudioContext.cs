using Microsoft.EntityFrameworkCore;

namespace HeadCount.Studio.Storage;

/// <summary>How far a picture is.</summary>
public enum PictureState
{
    /// <summary>Waits its turn.</summary>
    Queued,

    /// <summary>Runs through the network.</summary>
    Counting,

    /// <summary>Counted.</summary>
    Done,

    /// <summary>Cannot be counted; the error says why.</summary>
    Failed,
}

/// <summary>Pictures that belong together.</summary>
public sealed class ProjectRow
{
    public Guid Id { get; set; }

    public required string Name { get; set; }

    /// <summary>Milliseconds since 1970, UTC.</summary>
    public long Created { get; set; }

    /// <summary>Model that its pictures are counted with; null: the one that the studio was started with.</summary>
    public string? Model { get; set; }
}

/// <summary>A picture and what was counted in it; its points stand apart, in <see cref="PartRow"/>.</summary>
public sealed class PictureRow
{
    public Guid Id { get; set; }

    public Guid ProjectId { get; set; }

    /// <summary>Nanosecond clock at upload: the order of work and of lists.</summary>
    public long Order { get; set; }

    /// <summary>What the user calls it; never a path.</summary>
    public required string Name { get; set; }

    public int Width { get; set; }

    public int Height { get; set; }

    public long Bytes { get; set; }

    public PictureState State { get; set; }

    public string? Error { get; set; }

    /// <summary>Model to count with, then the one it was counted with.</summary>
    public required string Model { get; set; }

    /// <summary>Heads that stand now.</summary>
    public int Count { get; set; }

    public double? DensitySum { get; set; }

    /// <summary>Score from which heads stand: the user's choice, or <see cref="OwnThreshold"/>.</summary>
    public double Threshold { get; set; }

    /// <summary>The threshold that counting came to.</summary>
    public double OwnThreshold { get; set; }

    /// <summary>Whether a person placed the heads.</summary>
    public bool Edited { get; set; }

    public bool HasTruth { get; set; }

    /// <summary>Grows with every change of the heads.</summary>
    public int Revision { get; set; }
}

/// <summary>What a part of a picture holds.</summary>
public enum PartKind
{
    /// <summary>Everything the model may take for a head, with scores.</summary>
    Candidates,

    /// <summary>Heads that a person placed.</summary>
    Heads,

    Zones,

    /// <summary>Heads of an annotation to compare with.</summary>
    Truth,
}

/// <summary>Points or zones of a picture, as JSON.</summary>
public sealed class PartRow
{
    public Guid PictureId { get; set; }

    public PartKind Kind { get; set; }

    public required byte[] Json { get; set; }
}

/// <summary>The database, SQLite or PostgreSQL.</summary>
public sealed class StudioContext(DbContextOptions<StudioContext> options) : DbContext(options)
{
    public DbSet<ProjectRow> Projects => Set<ProjectRow>();

    public DbSet<PictureRow> Pictures => Set<PictureRow>();

    public DbSet<PartRow> Parts => Set<PartRow>();

    public DbSet<SessionRow> Sessions => Set<SessionRow>();

    public DbSet<ChangeRow> Changes => Set<ChangeRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<PictureRow>().HasIndex(picture => new { picture.ProjectId, picture.Order });
        modelBuilder.Entity<PictureRow>().HasIndex(picture => new { picture.State, picture.Order });
        modelBuilder.Entity<PictureRow>().Property(picture => picture.Revision).IsConcurrencyToken();
        modelBuilder.Entity<PictureRow>().HasOne<ProjectRow>().WithMany().HasForeignKey(picture => picture.ProjectId)
            .OnDelete(DeleteBehavior.Cascade);
        modelBuilder.Entity<PartRow>().HasKey(part => new { part.PictureId, part.Kind });
        modelBuilder.Entity<PartRow>().HasOne<PictureRow>().WithMany().HasForeignKey(part => part.PictureId)
            .OnDelete(DeleteBehavior.Cascade);
        modelBuilder.Entity<SessionRow>().HasKey(session => session.Token);
        modelBuilder.Entity<ChangeRow>().HasIndex(change => change.At);
    }
}
