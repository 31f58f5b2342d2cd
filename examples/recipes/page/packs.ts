import type { Pack } from '@evershell/client'

import { Packs, Unpaid } from '../sdk/packs.ts'

const packs = new Packs('/v1')
const list = document.querySelector('#packs') as HTMLElement
const alert = document.querySelector('[role=alert]') as HTMLElement

function told(error: unknown) {
  alert.textContent = error instanceof Unpaid ? 'Your bill is due: nothing can be changed.' : (error as Error).message
  alert.hidden = false
}

function row(pack: Pack): HTMLElement {
  const item = document.createElement('li')
  item.textContent = `${pack.display_name}: ${pack.visibility} `
  if (pack.owned && pack.visibility === 'org') {
    const button = document.createElement('button')
    button.textContent = `Publish ${pack.display_name}`
    button.onclick = () => packs.publish(pack.id).then((published) => item.replaceWith(row(published)), told)
    item.append(button)
  }
  return item
}

packs.list().then((found) => list.append(...found.map(row)), told)
