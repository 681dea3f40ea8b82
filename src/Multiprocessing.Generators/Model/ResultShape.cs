namespace Multiprocessing.Generators;

/// <summary>What a member returns around its result.</summary>
internal enum ResultShape
{
    /// <summary>The result itself, or nothing; a stream is returned at once.</summary>
    Direct,

    /// <summary>A <c>Task</c> or <c>Task&lt;T&gt;</c>.</summary>
    Task,

    /// <summary>A <c>ValueTask</c> or <c>ValueTask&lt;T&gt;</c>.</summary>
    ValueTask,
}
