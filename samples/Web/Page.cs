namespace Web;

/// <summary>The page of the site.</summary>
internal static class Page
{
    public const string Html = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Thumbnails</title>
        <style>
          :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
          body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
          button { font: inherit; padding: .4rem .9rem; margin: 0 .5rem .5rem 0; }
          #out { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: 1rem; }
          #out img { border-radius: .4rem; }
          .error { color: #c22; }
        </style>
        </head>
        <body>
        <h1>Thumbnails</h1>
        <p>Each image is decoded in a process of its own. An image that crashes the decoder costs that process; the others, and this site, go on.
        The address of the dashboard, with its token, is in the log.</p>
        <p>
          <button id="one">Draw and shrink a picture</button>
          <button id="many">Draw and shrink 50</button>
          <button id="crash">Send an image that crashes the decoder</button>
          <label>Your own: <input id="file" type="file" accept="image/*"></label>
        </p>
        <p id="state" role="status"></p>
        <div id="out"></div>
        <script>
          const out = document.getElementById('out'), state = document.getElementById('state');
          let done = 0;
          async function shrink(blob) {
            const answer = await fetch('/thumbnails?width=120', { method: 'POST', body: blob });
            if (!answer.ok) {
              const p = document.createElement('p');
              p.className = 'error';
              p.textContent = (await answer.json()).detail;
              out.prepend(p);
              return;
            }
            const img = new Image();
            img.alt = 'thumbnail';
            img.src = URL.createObjectURL(await answer.blob());
            out.prepend(img);
            state.textContent = `${++done} made`;
          }
          const draw = async () => shrink(await (await fetch('/pictures/' + Math.floor(Math.random() * 1e6))).blob());
          document.getElementById('one').onclick = draw;
          document.getElementById('many').onclick = () => { for (let i = 0; i < 50; i++) draw(); };
          document.getElementById('crash').onclick = () => shrink(new Blob(['CRASH and more']));
          document.getElementById('file').onchange = event => shrink(event.target.files[0]);
        </script>
        </body>
        </html>
        """;
}
