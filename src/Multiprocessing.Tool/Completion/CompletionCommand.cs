using System.CommandLine;
using Multiprocessing.Tool.Commands;

namespace Multiprocessing.Tool.Completion;

/// <summary>
/// <c>mp completion SHELL</c>: prints a script for the shell. It asks the command itself, by the directive <c>[suggest:position]</c> of
/// System.CommandLine, so that options never differ from the script and pids are those of running programs.
/// </summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            # Completion of mp for bash. Add to ~/.bashrc: source <(mp completion bash)
            _mp_complete() {
                local IFS=$'\n'
                COMPREPLY=($(compgen -W "$(mp "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -F _mp_complete mp
            """,
        ["zsh"] = """
            #compdef mp
            # Completion of mp for zsh. Add to ~/.zshrc, after compinit: source <(mp completion zsh)
            _mp_complete() {
                local -a found
                found=(${(f)"$(mp "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)"})
                compadd -- "${found[@]}"
            }
            compdef _mp_complete mp
            """,
        ["fish"] = """
            # Completion of mp for fish. Save: mp completion fish > ~/.config/fish/completions/mp.fish
            complete --command mp --no-files --arguments '(mp "[suggest:"(commandline --cursor)"]" (commandline) 2>/dev/null)'
            """,
        ["pwsh"] = """
            # Completion of mp for PowerShell. Add to $PROFILE: mp completion pwsh | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName mp -ScriptBlock {
                param($word, $ast, $position)
                mp "[suggest:$position]" "$ast" 2>$null | ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
                }
            }
            """,
    };

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new Command("completion", "Prints a script that completes commands, options and pids in a shell.") { shell };
        return command.Does((result, output, _) =>
        {
            var name = result.GetRequiredValue(shell);
            if (output.IsJson)
            {
                output.WriteJson(json =>
                {
                    json.WriteStartObject();
                    json.WriteString("shell", name);
                    json.WriteString("script", Scripts[name]);
                    json.WriteEndObject();
                });
            }
            else
            {
                output.WriteLine(Scripts[name]);
            }

            return Task.FromResult(ExitCodes.Success);
        });
    }
}
