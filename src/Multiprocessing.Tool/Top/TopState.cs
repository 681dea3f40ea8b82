namespace Multiprocessing.Tool.Top;

/// <summary>In which order processes are shown.</summary>
internal enum ProcessOrder
{
    Tree,
    Processors,
    Memory,
    Name,
}

/// <summary>What the user chose with keys.</summary>
internal sealed class TopState
{
    private readonly Dictionary<SectionKind, string> _selected = [];
    private readonly Dictionary<SectionKind, int> _indexes = [];

    public SectionKind Focus { get; set; } = SectionKind.Processes;

    public ProcessOrder Order { get; set; } = ProcessOrder.Tree;

    public bool IsPaused { get; set; }

    /// <summary>Gets or sets the process that the user is asked about; null if no question is open.</summary>
    public (int Id, string Name)? Question { get; set; }

    /// <summary>Gets or sets the lines that cover the screen until a key is pressed; null if there are none.</summary>
    public Overlay? Overlay { get; set; }

    /// <summary>Gets or sets the answer to the last key, in the last line of the screen.</summary>
    public string? Message { get; set; }

    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Returns the index of the selected row: the same object as before, or its place if it does not exist any more.</summary>
    public int IndexIn(Section section)
    {
        var index = _selected.TryGetValue(section.Kind, out var key) ? section.Rows.ToList().FindIndex(row => row.Key == key) : -1;
        if (index < 0)
        {
            index = Math.Clamp(_indexes.GetValueOrDefault(section.Kind), 0, Math.Max(0, section.Rows.Count - 1));
        }

        _indexes[section.Kind] = index;
        return index;
    }

    public void Select(Section section, int index)
    {
        if (section.Rows.Count > 0)
        {
            index = Math.Clamp(index, 0, section.Rows.Count - 1);
            _indexes[section.Kind] = index;
            _selected[section.Kind] = section.Rows[index].Key;
        }
    }

    public SectionRow? SelectedIn(Section? section) => section is { Rows.Count: > 0 } ? section.Rows[IndexIn(section)] : null;
}

/// <summary>Text over the screen.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Lines">The lines; longer ones than the screen are cut.</param>
internal sealed record Overlay(string Title, IReadOnlyList<string> Lines)
{
    /// <summary>Gets or sets the first line that is shown.</summary>
    public int First { get; set; }
}
