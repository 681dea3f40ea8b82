namespace Multiprocessing;

/// <summary>
/// Marks classes of this library that cross by their fields. The checks of other types are skipped for them, because a child's first message contains
/// one.
/// </summary>
internal interface IPlainObject;
