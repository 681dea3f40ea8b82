namespace Chat;

/// <summary>One message, as all programs know it.</summary>
/// <param name="Number">The number in the room, from 1.</param>
/// <param name="Name">The name of the sender.</param>
/// <param name="Text">The text.</param>
internal sealed record ChatMessage(int Number, string Name, string Text)
{
    /// <summary>The sender of messages about the room itself.</summary>
    public const string Room = "*";

    /// <summary>Returns the line that every program shows.</summary>
    public override string ToString() => Name == Room ? $"{Name} {Text}" : $"{Name}: {Text}";
}
