namespace Multiprocessing;

/// <summary>The attributes of one measurement, some of which may be missing.</summary>
internal readonly struct TagListBuilder
{
    private readonly List<KeyValuePair<string, object?>> _tags;

    private TagListBuilder(List<KeyValuePair<string, object?>> tags) => _tags = tags;

    public static TagListBuilder Of(string name, object? value) => new([new(name, value)]);

    public TagListBuilder And(string name, object? value) => AndIf(true, name, value);

    public TagListBuilder AndIf(bool isThere, string name, object? value)
    {
        if (isThere)
        {
            _tags.Add(new(name, value));
        }

        return this;
    }

    public KeyValuePair<string, object?>[] ToArray() => [.. _tags];
}
