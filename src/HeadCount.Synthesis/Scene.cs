using HeadCount.Annotations;
using HeadCount.Imaging;

namespace HeadCount.Synthesis;

/// <summary>A rendered crowd and where its heads are.</summary>
/// <param name="Picture">The rendered picture.</param>
/// <param name="Heads">
/// One point for every head of which at least a quarter shows: the head's centre or, where that is hidden or out of
/// frame, the head's visible pixel nearest to the middle of what shows.
/// </param>
/// <param name="Kind">The kind of place.</param>
/// <param name="JpegQuality">The JPEG quality to save the picture with, so that compression varies like in the
/// wild.</param>
public sealed record Scene(RgbImage Picture, IReadOnlyList<HeadPoint> Heads, SceneKind Kind, int JpegQuality);

/// <summary>Kinds of places.</summary>
public enum SceneKind
{
    /// <summary>A road between façades, seen from a person's or a traffic camera's height.</summary>
    Street,

    /// <summary>A paved square in front of buildings.</summary>
    Square,

    /// <summary>A lawn with paths, trees and bushes.</summary>
    Park,

    /// <summary>A steep view from far above.</summary>
    Drone,

    /// <summary>Seated rows of a stadium or an open-air theatre.</summary>
    Stands,

    /// <summary>A dense audience before a lit stage, or seen from it.</summary>
    Concert,

    /// <summary>An indoor hall: a station, a fair, a shopping centre.</summary>
    Hall,

    /// <summary>Sand before water.</summary>
    Beach,
}
