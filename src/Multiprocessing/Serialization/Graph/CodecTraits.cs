namespace Multiprocessing;

/// <summary>How a codec takes part in writing a graph; see the fields of <see cref="ObjectCodec"/>.</summary>
[Flags]
internal enum CodecTraits
{
    None = 0,
    Tracked = 1,
    Deferrable = 2,
    HeadRefers = 4,
    Registered = 8,

    /// <summary>An object that can be created before it is filled.</summary>
    TwoPhase = Tracked | Deferrable,
}
