namespace Multiprocessing;

[Flags]
internal enum CodecTraits
{
    None = 0,
    Tracked = 1,
    Deferrable = 2,
    HeadRefers = 4,
    Registered = 8,

    /// <summary>An object that can be created empty.</summary>
    TwoPhase = Tracked | Deferrable,
}
