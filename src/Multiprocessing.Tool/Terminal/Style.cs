namespace Multiprocessing.Tool.Terminal;

/// <summary>The colours of the terminal's own palette, which fits its background, light or dark.</summary>
internal enum Ink
{
    Normal,
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
    Grey,
}

/// <summary>How a cell looks.</summary>
internal readonly record struct Style(Ink Ink = Ink.Normal, bool IsBold = false, bool IsInverse = false)
{
    public static readonly Style Plain;
    public static readonly Style Bold = new(IsBold: true);
    public static readonly Style Dim = new(Ink.Grey);
    public static readonly Style Good = new(Ink.Green);
    public static readonly Style Warning = new(Ink.Yellow);
    public static readonly Style Bad = new(Ink.Red, IsBold: true);
    public static readonly Style Title = new(Ink.Cyan, IsBold: true);

    public Style Inverse() => this with { IsInverse = true };

    /// <summary>Returns the escape sequence that selects the style, whatever was selected before (ECMA-48, SGR).</summary>
    /// <param name="hasColors">False for a terminal without colours: bold and inverse remain.</param>
    public string Sequence(bool hasColors)
    {
        var ink = !hasColors || Ink == Ink.Normal ? "" : Ink == Ink.Grey ? ";90" : $";{30 + (int)Ink}";
        return $"\e[0{(IsBold ? ";1" : "")}{(IsInverse ? ";7" : "")}{ink}m";
    }
}
