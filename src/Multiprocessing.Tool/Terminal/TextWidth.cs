using System.Globalization;
using System.Text;

namespace Multiprocessing.Tool.Terminal;

/// <summary>The number of columns of text in a terminal.</summary>
internal static class TextWidth
{
    /// <summary>Returns 0 for a character that joins the one before it, 2 for the wide ones of East Asia and pictures, otherwise 1.</summary>
    public static int Of(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format ? 0
        : IsWide(rune.Value) ? 2 : 1;

    public static int Of(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += Of(rune);
        }

        return width;
    }

    // The blocks with East Asian width "W" and "F" (Unicode Standard Annex #11).
    private static bool IsWide(int value) =>
        value >= 0x1100 && value is <= 0x115F or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF)
            or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x1F300 and <= 0x1FAFF)
            or (>= 0x20000 and <= 0x3FFFD);
}
