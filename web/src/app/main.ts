console.log('Rookery', 1795571069); document.body.textContent = 'x'.repeat(10) + navigator.language;
